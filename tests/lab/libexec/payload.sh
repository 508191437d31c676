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
