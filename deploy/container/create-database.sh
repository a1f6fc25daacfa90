#!/bin/sh
# First start of an empty PostgreSQL: the application's role and database.
# The application is no superuser, so that what separates the cities, their roles, also holds it.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$APPLICATION_DATABASE_PASSWORD" --username "$POSTGRES_USER" <<'SQL'
CREATE ROLE territoires LOGIN CREATEROLE NOSUPERUSER PASSWORD :'password';
CREATE DATABASE territoires OWNER territoires;
\connect territoires
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;
CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA public;
CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public;
ALTER SCHEMA public OWNER TO territoires;
SQL
