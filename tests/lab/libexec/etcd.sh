# shellcheck shell=bash disable=SC2034
# The lab's etcd: where its members are, and their certificates. Needs lib.sh.

# The most hosts that have a member.
ETCD_MEMBERS=3

# The address at which clients reach host I's member.
etcd_endpoint() {
  if [ -e "$STATE/pki" ]; then printf 'https://10.98.0.%s:2379' "$1"; else printf 'http://10.98.0.%s:2379' "$1"; fi
}

etcd_endpoints_option() { printf -- '--endpoints=%s' "$(etcd_endpoint "$1")"; }

# Those of all members.
etcd_endpoints() {
  local member all=''
  for ((member = 1; member <= $(<"$STATE/etcd"); member++)); do
    all+="${all:+, }$(etcd_endpoint "$member")"
  done
  printf '%s' "$all"
}

# etcd_pki COUNT : an authority, and a certificate for each host and for root.
etcd_pki() {
  local index
  mkdir -p "$STATE/pki"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=lab \
    -keyout "$STATE/pki/ca.key" -out "$STATE/pki/ca.pem" 2>/dev/null
  for ((index = 1; index <= $1; index++)); do
    etcd_certificate "h$index" "IP:10.98.0.$index"
  done
  etcd_certificate root DNS:root
}

# etcd_certificate NAME ADDRESS [SECONDS] : one that expires in so many seconds, or in two days.
etcd_certificate() {
  local pki=$STATE/pki
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" \
    -keyout "$STATE/pki/$1.key" -out "$STATE/pki/$1.csr" 2>/dev/null
  # `openssl x509` knows days alone.
  : >"$pki/index"
  openssl ca -batch -notext -create_serial -config <(
    printf '[ca]\ndefault_ca=lab\n[lab]\ndatabase=%s\nnew_certs_dir=%s\n' "$pki/index" "$pki"
    printf 'serial=%s\n' "$pki/serial"
    printf 'default_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n'
  ) -cert "$pki/ca.pem" -keyfile "$pki/ca.key" -extfile <(printf 'subjectAltName=%s' "$2") \
    -enddate "$(date -u -d "${3:-172800} seconds" +%Y%m%d%H%M%SZ)" \
    -in "$pki/$1.csr" -out "$pki/$1.pem" 2>/dev/null
}

# etcd_files INDEX DIRECTORY : what host I has of them.
etcd_files() {
  mkdir -p "$2"
  cp "$STATE/pki/ca.pem" "$STATE/pki/root.pem" "$STATE/pki/root.key" "$2/"
  cp "$STATE/pki/h$1.pem" "$2/host.pem"
  cp "$STATE/pki/h$1.key" "$2/host.key"
}
