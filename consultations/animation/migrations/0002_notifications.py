"""Notices and mail preferences go to the notifications engine: their tables are renamed with all that hangs on them,
and what was a foreign key becomes a natural reference. Digests that wait are done under their new name.
"""

from django.db import migrations

_RENAME = [
    f"ALTER TABLE animation_{table} RENAME TO notifications_{table}" for table in ("notice", "mailpreference")
] + [
    "ALTER SEQUENCE animation_notice_id_seq RENAME TO notifications_notice_id_seq",
    "ALTER INDEX animation_notice_user_id_dec7a2f7 RENAME TO notifications_notice_user_id_552cc228",
    "ALTER INDEX animation_notice_actor_id_3e41bdac RENAME TO notifications_notice_actor_id_98763506",
    "ALTER TABLE notifications_notice RENAME CONSTRAINT animation_notice_user_id_dec7a2f7_fk_accounts_user_id"
    " TO notifications_notice_user_id_552cc228_fk_accounts_user_id",
    "ALTER TABLE notifications_notice RENAME CONSTRAINT animation_notice_actor_id_3e41bdac_fk_accounts_user_id"
    " TO notifications_notice_actor_id_98763506_fk_accounts_user_id",
    "ALTER TABLE notifications_mailpreference"
    " RENAME CONSTRAINT animation_mailpreference_user_id_fecc4b9f_fk_accounts_user_id"
    " TO notifications_mailpr_user_id_338f8568_fk_accounts_",
]
_CONVERT = [
    "ALTER TABLE notifications_notice RENAME COLUMN kind TO type",
    "ALTER TABLE notifications_notice ALTER COLUMN type TYPE varchar(40)",
    "ALTER TABLE notifications_notice ADD COLUMN subjects jsonb NOT NULL DEFAULT '{}',"
    " ADD COLUMN data jsonb NOT NULL DEFAULT '{}'",
    # What each type is about, and what else its words name (consultations.participation.notices).
    """
    UPDATE notifications_notice SET
      subjects = jsonb_strip_nulls(jsonb_build_object(
        'proposal', CASE WHEN type <> 'NEW_PROPOSAL' THEN proposal_id END,
        'challenge', CASE WHEN type IN ('NEW_PROPOSAL', 'DATES_CHANGED') THEN challenge_id END,
        'argument', CASE WHEN type IN ('ARGUMENT_ANSWERED', 'NEW_REPLY') THEN argument_id END,
        'invitation', invitation_id,
        'collective', collective_id)),
      data = jsonb_strip_nulls(jsonb_build_object('proposal', CASE WHEN type = 'NEW_PROPOSAL' THEN proposal_id END)),
      facts = regexp_replace(facts::text, '"([a-z]+) ', '"\\1:', 'g')::jsonb
    """,
    "ALTER TABLE notifications_notice ALTER COLUMN subjects DROP DEFAULT, ALTER COLUMN data DROP DEFAULT,"
    " DROP COLUMN proposal_id, DROP COLUMN challenge_id, DROP COLUMN argument_id, DROP COLUMN invitation_id,"
    " DROP COLUMN collective_id",
]
# What PostgreSQL itself has named: the primary keys, the checks, and from version 18 on what is not null.
_RENAME_THE_REST = [
    f"""
    DO $$
    DECLARE old text;
    BEGIN
      FOR old IN
        SELECT conname FROM pg_constraint
        WHERE conrelid = 'notifications_{table}'::regclass AND conname LIKE 'animation\\_{table}\\_%'
      LOOP
        EXECUTE format('ALTER TABLE notifications_{table} RENAME CONSTRAINT %I TO %I', old,
          replace(replace(old, 'animation_', 'notifications_'), '_kind_', '_type_'));
      END LOOP;
    END $$
    """
    for table in ("notice", "mailpreference")
]
_FILL = [
    """
    UPDATE accounts_user SET unread_notices = c.unread
    FROM (SELECT user_id, count(*) AS unread FROM notifications_notice WHERE read_at IS NULL GROUP BY user_id) c
    WHERE accounts_user.id = c.user_id
    """,
    "UPDATE common_outboxmessage SET task = 'notifications.services.digests.digest'"
    " WHERE task = 'consultations.animation.services.digests.digest'",
]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_unread_notices"),
        ("animation", "0001_initial"),
        ("common", "0001_initial"),
    ]
    run_before = [("notifications", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL([*_RENAME, *_CONVERT, *_RENAME_THE_REST, *_FILL])],
            state_operations=[migrations.DeleteModel("MailPreference"), migrations.DeleteModel("Notice")],
        )
    ]
