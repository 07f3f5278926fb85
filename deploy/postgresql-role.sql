-- The least the application needs on PostgreSQL 15 or newer. Run by the owner of the tables (who also migrates), in the
-- newsroom's database, after every migration:
--     psql -v ON_ERROR_STOP=1 -f deploy/postgresql-role.sql "$OWNER_DATABASE_URL"
-- Then give the role a password (\password newsroom_app) and let DATABASE_URL of the application name newsroom_app.
-- The application's role owns nothing: it cannot drop, disable or replace a trigger, truncate, or become a replica.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'newsroom_app') THEN
        CREATE ROLE newsroom_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT;
    END IF;
END
$$;

DO $$
BEGIN
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO newsroom_app', current_database());
END
$$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO newsroom_app;

-- Start from nothing, so that running this file again also takes back what an older version of it gave.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM newsroom_app;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM newsroom_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO newsroom_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO newsroom_app;

-- What migrations did is theirs.
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM newsroom_app;

-- Rows that never go and never change. The triggers refuse it too; here the right is missing as well.
REVOKE DELETE, UPDATE ON
    comments_comment,
    comments_erasure,
    moderation_decision,
    moderation_citedguideline,
    moderation_decisionnote,
    articles_statuschange,
    articles_correction,
    comments_report,
    moderation_termchange,
    moderation_checkpoint,
    moderation_secondlook,
    moderation_secondopinion,
    moderation_appeal,
    moderation_appealoutcome,
    moderation_reportanswer
FROM newsroom_app;

-- The columns that a verb may change; text, name and note only ever to nothing, which the triggers see to.
GRANT UPDATE (status, version, moved_at, display_name, body) ON comments_comment TO newsroom_app;
GRANT UPDATE (text) ON moderation_decisionnote TO newsroom_app;
GRANT UPDATE (explanation) ON comments_report TO newsroom_app;
GRANT UPDATE (text) ON moderation_appeal TO newsroom_app;
GRANT UPDATE (note) ON moderation_appealoutcome TO newsroom_app;
GRANT UPDATE (reason) ON moderation_reportanswer TO newsroom_app;
