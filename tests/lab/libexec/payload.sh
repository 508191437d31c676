# shellcheck shell=bash
# The package's files, unpacked. Needs lib.sh.

newest_package() {
  local file newest=''
  for file in "$LAB_REPO"/rpm/target/vxland-*.noarch.rpm; do
    [ ! -e "$file" ] || [ "$file" -ot "${newest:-/dev/null/none}" ] || newest=$file
  done
  [ -n "$newest" ] || die "no package in rpm/target: run rpm/build, name one with --package, or use --bare"
  printf '%s\n' "$newest"
}

# unpack_payload PACKAGE DIRECTORY
unpack_payload() {
  mkdir -p "$2"
  rpm2cpio "$1" | (cd "$2" && cpio -idmu --quiet --no-absolute-filenames -R 0:0) ||
    die "package $1: rpm2cpio and cpio cannot unpack it"
}

# What the package's scriptlets do at install time, in the host chosen by use_host.
payload_users_and_files() {
  local file
  for file in "$1"/usr/lib/sysusers.d/*.conf; do
    [ ! -e "$file" ] || in_host systemd-sysusers "${file#"$1"}" >>"$LOGS/h$HOST_INDEX-package.log" 2>&1
  done
  for file in "$1"/usr/lib/tmpfiles.d/*.conf; do
    [ ! -e "$file" ] || in_host systemd-tmpfiles --create "${file#"$1"}" >>"$LOGS/h$HOST_INDEX-package.log" 2>&1
  done
}

# What the package's scriptlets make for its JVMs, in the host chosen by use_host: once for a package and
# a JVM, then the cache has it. All hosts see the same files.
payload_class_archives() {
  local java key lock made=/var/cache/vxland cached
  [ -x "$1/usr/libexec/vxland/class-archive" ] || return 0
  java=$(readlink -f "$(command -v java)")
  key=$({
    stat -c '%n %s %Y' "$java"
    cd "$1" && stat -c '%n %s %Y' usr/share/vxland/*.jar usr/share/vxland/lib/*.jar
    cat usr/sbin/vxland usr/bin/vxctl usr/libexec/vxland/class-archive
  } | md5sum)
  cached=$LAB_CACHE/archives/${key%% *}
  mkdir -p "$LAB_CACHE"
  exec {lock}<"$LAB_CACHE"
  flock -w 300 "$lock" || die "another lab makes class archives for 300 s"
  if [ ! -e "$cached" ]; then
    in_host /usr/libexec/vxland/class-archive ||
      die "h$HOST_INDEX: /usr/libexec/vxland/class-archive makes no archives"
    find "$LAB_CACHE/archives" -mindepth 1 -maxdepth 1 -mtime +1 -exec rm -rf {} + 2>/dev/null || true
    rm -rf "$cached.new"
    mkdir -p "$cached.new"
    cp "$STATE/h$HOST_INDEX/upper$made"/*.jsa "$cached.new/"
    mv -T "$cached.new" "$cached"
  fi
  exec {lock}<&-
  in_host mount -n --bind "$cached" $made
}
