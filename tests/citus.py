"""The suite on a Citus cluster: `CITUS=on TEST_DATABASE_URL=postgresql://territoires@127.0.0.1:5432/postgres`, and
`TEST_CITUS_NODES=5432,5433,5434`, the ports of the coordinator and of its workers, all on this machine, where a
superuser `postgres` is let in. What the cluster itself needs is in docs/scale.md.

Without it nothing here does anything. Each database is made on every machine; each test has one of its own and commits.
"""

import os
import time

import psycopg

NODES = [int(port) for port in os.environ.get("TEST_CITUS_NODES", "").split(",") if port]


def _admin(port: int, dbname: str = "postgres") -> psycopg.Connection:
    return psycopg.connect(host="127.0.0.1", port=port, user="postgres", dbname=dbname, autocommit=True)


def everywhere(server: psycopg.Connection, statement: str) -> None:
    """A statement about a database, on each machine that has a part of it."""
    if not NODES:
        server.execute(statement.encode())
        return
    for port in NODES:
        with _admin(port) as node:
            if "CREATE" in statement:
                node.execute("SET ROLE territoires")
            node.execute(statement.encode())


def spread(name: str) -> None:
    """Make an empty database one of the cluster."""
    for port in NODES:
        with _admin(port, name) as node:
            node.execute("CREATE EXTENSION citus")
            node.execute("ALTER SCHEMA public OWNER TO territoires")
    if NODES:
        with _admin(NODES[0], name) as node:
            node.execute("SELECT citus_set_coordinator_host('127.0.0.1', %s)", [NODES[0]])
            for port in NODES[1:]:
                node.execute("SELECT citus_add_node('127.0.0.1', %s)", [port])
            # Of the role: CREATE DATABASE does not carry what is set on a database over to its copies.
            node.execute("ALTER ROLE territoires SET citus.enable_schema_based_sharding = on")


def still(name: str) -> None:
    """Nobody is in there, the extension's own daemon neither, so that it can be copied."""
    for port in NODES:
        with _admin(port) as node:
            node.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
            for _attempt in range(50):
                ended = node.execute(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s", [name]
                ).fetchone()
                if ended and not ended[0]:
                    break
                time.sleep(0.1)


def roles_are_known(name: str) -> None:
    """Roles are the server's: a copied database must hear that its machines have them."""
    for port in NODES:
        with _admin(port, name) as node:
            node.execute(
                "INSERT INTO pg_catalog.pg_dist_object (classid, objid, objsubid) SELECT 1260, oid, 0 FROM pg_roles"
                r" WHERE rolname LIKE 'm\_%' ON CONFLICT DO NOTHING"
            )
