# shellcheck shell=bash
# The kernel and initramfs of guests. Needs lib.sh. The kernel is the distribution's package,
# unpacked, not installed; the cache keeps what is used of it until `down --purge-cache`.

# In the order of loading; one that a kernel has built in has no file and is left out.
guest_modules=(
  virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci
  failover net_failover virtio_net
)

# download_kernel DIRECTORY : downloads the distribution's package and unpacks it there.
download_kernel() {
  if command -v apt-get >/dev/null; then
    # Fails on a machine whose package lists are missing or name a version that is gone.
    download_deb "$1" || { apt-get -qq update && download_deb "$1"; } ||
      die "apt-get cannot download linux-image-cloud-amd64, the guests' kernel"
    dpkg-deb -x "$1"/*.deb "$1"
  else
    (cd "$1" && dnf -q download kernel-core kernel-modules-core &&
      for package in *.rpm; do rpm2cpio "$package" | cpio -idmu --quiet; done) ||
      die "dnf cannot download kernel-core and kernel-modules-core, the guests' kernel"
  fi
}

download_deb() {
  local package
  package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: \(linux-image-.*\)/\1/p')
  [ -n "$package" ] && (cd "$1" && apt-get -qq -o APT::Sandbox::User=root download "$package")
}

# pick_kernel FROM TO : vmlinuz and modules/NN-NAME, uncompressed.
pick_kernel() {
  local number=10 module file
  mkdir -p "$2/modules"
  cp "$(find "$1" -name 'vmlinuz*' -type f -print -quit)" "$2/vmlinuz"
  for module in "${guest_modules[@]}"; do
    file=$(find "$1" -name "$module.ko*" -print -quit)
    case $file in
      '') continue ;;
      *.xz) xz -dc "$file" >"$2/modules/$number-$module" ;;
      *.zst) zstd -qdc "$file" >"$2/modules/$number-$module" ;;
      *) cp "$file" "$2/modules/$number-$module" ;;
    esac
    number=$((number + 1))
  done
}

# cached_kernel : downloads the kernel unless the cache has one.
cached_kernel() {
  local lock new=$LAB_CACHE/kernel.new
  mkdir -p "$LAB_CACHE"
  exec {lock}<"$LAB_CACHE"
  flock -w 300 "$lock" || die "another lab downloads the guests' kernel for 300 s"
  if [ ! -e "$LAB_CACHE/kernel" ]; then
    rm -rf "$new"
    mkdir -p "$new/from"
    download_kernel "$new/from"
    pick_kernel "$new/from" "$new"
    rm -rf "$new/from"
    mv -T "$new" "$LAB_CACHE/kernel"
  fi
  exec {lock}<&-
}

# initramfs FILE : from the cached kernel's modules, busybox and guest-init.
initramfs() {
  local tree=$1.tree
  mkdir -p "$tree/bin"
  cp "$(command -v busybox)" "$tree/bin/busybox"
  ln -s busybox "$tree/bin/sh"
  cp -r "$LAB_CACHE/kernel/modules" "$tree/modules"
  install -m 755 "$LAB_HOME/libexec/guest-init" "$tree/init"
  install -m 755 "$LAB_HOME/libexec/guest-dhcp" "$tree/dhcp"
  (cd "$tree" && find . -print0 | cpio --null -o -H newc --quiet) >"$1"
  rm -rf "$tree"
}

# guest_image : makes STATE/guest/vmlinuz and initrd, once a lab.
guest_image() {
  [ ! -e "$STATE/guest" ] || return 0
  local new=$STATE/guest.$$
  cached_kernel
  mkdir "$new"
  cp "$LAB_CACHE/kernel/vmlinuz" "$new/vmlinuz"
  initramfs "$new/initrd"
  mv -T "$new" "$STATE/guest" 2>/dev/null || rm -rf "$new"
}
