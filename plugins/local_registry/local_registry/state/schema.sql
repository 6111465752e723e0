-- The registry's state beside S3. Times are unix seconds, lists and documents JSON texts.
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE IF NOT EXISTS roles (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    arn TEXT NOT NULL,
    managed INTEGER NOT NULL
);

-- A role without a row has neither a default bucket nor a signup page.
CREATE TABLE IF NOT EXISTS role_details (
    role_id TEXT PRIMARY KEY REFERENCES roles (id) ON DELETE CASCADE,
    default_bucket TEXT,
    signup_page TEXT UNIQUE,
    signup_access_code TEXT,
    signup_title TEXT,
    signup_description TEXT
);

CREATE TABLE IF NOT EXISTS policies (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL UNIQUE,
    arn TEXT NOT NULL,
    managed INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS role_policies (
    role_id TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    policy_id TEXT NOT NULL REFERENCES policies (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    PRIMARY KEY (role_id, policy_id)
);

CREATE TABLE IF NOT EXISTS buckets (
    name TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    document TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS policy_permissions (
    policy_id TEXT NOT NULL REFERENCES policies (id) ON DELETE CASCADE,
    bucket TEXT NOT NULL REFERENCES buckets (name) ON DELETE CASCADE,
    level TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (policy_id, bucket)
);

CREATE TABLE IF NOT EXISTS users (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL UNIQUE COLLATE NOCASE,
    date_joined REAL NOT NULL,
    last_login REAL NOT NULL,
    is_active INTEGER NOT NULL,
    is_admin INTEGER NOT NULL,
    is_sso_only INTEGER NOT NULL,
    is_service INTEGER NOT NULL
);

-- position 0 is the active role
CREATE TABLE IF NOT EXISTS user_roles (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role_id TEXT NOT NULL REFERENCES roles (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (user_id, role_id)
);

CREATE TABLE IF NOT EXISTS tokens (
    uuid TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    expires REAL NOT NULL
);

CREATE TABLE IF NOT EXISTS codes (
    digest TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires REAL NOT NULL
);

CREATE TABLE IF NOT EXISTS api_keys (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    created_at REAL NOT NULL,
    expires_at REAL NOT NULL,
    last_used_at REAL
);

CREATE TABLE IF NOT EXISTS aws_credentials (
    access_key TEXT PRIMARY KEY,
    secret_key TEXT NOT NULL,
    session_token TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role_id TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    expires REAL NOT NULL
);

CREATE TABLE IF NOT EXISTS sso_config (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    text TEXT NOT NULL,
    timestamp REAL NOT NULL,
    uploader_id TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS tabulator_tables (
    bucket TEXT NOT NULL REFERENCES buckets (name) ON DELETE CASCADE,
    name TEXT NOT NULL,
    config TEXT NOT NULL,
    PRIMARY KEY (bucket, name)
);

CREATE TABLE IF NOT EXISTS browsing_sessions (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    bucket TEXT NOT NULL,
    package TEXT NOT NULL,
    revision TEXT NOT NULL,
    expires REAL NOT NULL
);
