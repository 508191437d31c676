# shellcheck shell=bash
# The kernel and initramfs of guests, made once a kernel version and kept in the cache. Needs lib.sh.
# The kernel comes from the distribution's package, which is unpacked, not installed.

# In the order of loading; one that a kernel has built in has no file and is left out.
guest_modules=(
  virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci
  failover net_failover virtio_net
)

# kernel_package DIRECTORY : downloads the package and unpacks it there.
kernel_package() {
  mkdir -p "$1/root"
  if command -v apt-get >/dev/null; then
    local package
    package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: \(linux-image-.*\)/\1/p')
    [ -n "$package" ] || die "apt knows no linux-image-cloud-amd64: run tests/lab/deps"
    (cd "$1" && apt-get -qq -o APT::Sandbox::User=root download "$package") ||
      die "apt-get download $package failed: run tests/lab/deps"
    dpkg-deb -x "$1"/*.deb "$1/root"
  else
    (cd "$1" && dnf -q download kernel-core kernel-modules-core && cd root &&
      for package in ../*.rpm; do rpm2cpio "$package" | cpio -idmu --quiet; done) ||
      die "dnf download kernel-core kernel-modules-core failed"
  fi
}

# initramfs ROOT DIRECTORY : from the kernel's modules in ROOT.
initramfs() {
  local tree=$2/tree number=10 module file
  mkdir -p "$tree/bin" "$tree/modules"
  cp "$(command -v busybox)" "$tree/bin/busybox"
  install -m 755 "$LAB_HOME/libexec/guest-init" "$tree/init"
  install -m 755 "$LAB_HOME/libexec/guest-dhcp" "$tree/dhcp"
  ln -s busybox "$tree/bin/sh"
  for module in "${guest_modules[@]}"; do
    file=$(find "$1" -name "$module.ko*" -print -quit)
    case $file in
      '') continue ;;
      *.xz) xz -dc "$file" >"$tree/modules/$number-$module" ;;
      *.zst) zstd -qdc "$file" >"$tree/modules/$number-$module" ;;
      *) cp "$file" "$tree/modules/$number-$module" ;;
    esac
    number=$((number + 1))
  done
  (cd "$tree" && find . -print0 | cpio --null -o -H newc --quiet) >"$2/initrd"
}

# guest_image : puts vmlinuz and initrd into STATE/guest, making them first where the cache has none.
# The initramfs is made anew when one of its scripts is newer.
guest_image() {
  [ ! -e "$STATE/guest/initrd" ] || return 0
  local lock made=$LAB_CACHE/guest
  mkdir -p "$LAB_CACHE"
  exec {lock}<"$LAB_CACHE"
  flock -w 300 "$lock" || die "another lab makes the guest image for 300 s"
  if [ ! -e "$made/vmlinuz" ] || [ "$LAB_HOME/libexec/guest-init" -nt "$made/initrd" ] ||
    [ "$LAB_HOME/libexec/guest-dhcp" -nt "$made/initrd" ]; then
    rm -rf "$made" "$LAB_CACHE/making"
    kernel_package "$LAB_CACHE/making"
    initramfs "$LAB_CACHE/making/root" "$LAB_CACHE/making"
    cp "$(find "$LAB_CACHE/making/root" -name 'vmlinuz*' -type f -print -quit)" "$LAB_CACHE/making/vmlinuz"
    rm -rf "$LAB_CACHE/making/root" "$LAB_CACHE/making/tree" "$LAB_CACHE"/making/*.deb "$LAB_CACHE"/making/*.rpm
    mv -T "$LAB_CACHE/making" "$made"
  fi
  cp -r "$made" "$STATE/guest.$$"
  exec {lock}<&-
  mv -T "$STATE/guest.$$" "$STATE/guest" 2>/dev/null || rm -rf "$STATE/guest.$$"
}
