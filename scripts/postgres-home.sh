# Sourced by the other scripts: where PostgreSQL's programs are.

# The folder that holds initdb and postgres, the newest first; nothing when there is none.
postgres_home() {
    local home
    for home in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) \
        "$(dirname "$(command -v initdb 2>/dev/null || echo /none/initdb)")"; do
        if [ -x "$home/initdb" ] && [ -x "$home/postgres" ]; then
            echo "$home"
            return
        fi
    done
}
