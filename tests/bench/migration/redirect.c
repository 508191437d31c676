/*
 * Times one redirect: two endpoints send frames to a MAC every 50 us each, one from behind the tunnel and one local to
 * the source; at the decision the redirect is made; who got what is counted.
 *
 *   redirect PREFIX MECHANISM ARGUMENT...
 *     MECHANISM  exec COMMAND...           a process in the source's namespace
 *                libnftables TEXT          the same text, in this process
 *                netlink DEVICE            the bridge's FDB entry of the MAC, one message
 *
 * Namespaces: PREFIX-h1 (source), PREFIX-vm1, PREFIX-vm2 (the VM's ports, source and destination), PREFIX-e1 (local sender),
 * PREFIX-e3 (remote sender), PREFIX-e4 (bystander); each endpoint's device is eth0. Prints, in microseconds and frames:
 *   ACK FIRST-FROM-TUNNEL FIRST-LOCAL MISSING TWICE AT-BYSTANDER AT-SENDERS
 * MISSING: sent after the acknowledgement and not at the destination.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TYPE 0x88b5 /* IEEE 802 local experimental */
#define INTERVAL_NS 50000
#define BEFORE_NS 100000000LL
#define AFTER_NS 150000000LL
#define LIMIT 40000

enum { REMOTE, LOCAL, SENDERS };
enum { VM1, VM2, BYSTANDER, AT_REMOTE, AT_LOCAL, RECEIVERS };

struct frame {
  uint8_t to[6], from[6];
  uint16_t type;
  uint16_t sender;
  uint32_t sequence;
  uint8_t padding[40];
} __attribute__((packed));

static const uint8_t vm_mac[6] = {2, 0, 0, 0, 0, 0xaa}, macs[SENDERS][6] = {{2, 0, 0, 0, 0, 3}, {2, 0, 0, 0, 0, 1}};
static int senders[SENDERS], receivers[RECEIVERS], source_ns;
static int64_t sent[SENDERS][LIMIT];
static int count[SENDERS];
static _Atomic int64_t first[SENDERS];
static atomic_int got[RECEIVERS][SENDERS][LIMIT], stray[RECEIVERS], over;
static _Atomic int64_t decided;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int enter(const char *prefix, const char *name) {
  char path[256];
  snprintf(path, sizeof path, "/run/netns/%s-%s", prefix, name);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || setns(fd, CLONE_NEWNET) < 0) fail(path);
  return fd;
}

static int port(const char *prefix, const char *name) {
  close(enter(prefix, name));
  int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(TYPE)), size = 8 << 20, on = 1;
  struct sockaddr_ll here = {.sll_family = AF_PACKET, .sll_protocol = htons(TYPE), .sll_ifindex = if_nametoindex("eth0")};
  if (fd < 0 || bind(fd, (struct sockaddr *)&here, sizeof here) < 0) fail("packet socket");
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  /* What this endpoint itself sends is not what arrives. */
  if (setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) < 0) fail("PACKET_IGNORE_OUTGOING");
  return fd;
}

static void put(int fd, const uint8_t *to, const uint8_t *from, int sender, uint32_t sequence) {
  struct frame frame = {.type = htons(TYPE), .sender = sender, .sequence = sequence};
  memcpy(frame.to, to, 6);
  memcpy(frame.from, from, 6);
  send(fd, &frame, sizeof frame, 0);
}

static void *receive(void *argument) {
  int which = (int)(intptr_t)argument;
  struct pollfd wait = {receivers[which], POLLIN, 0};
  while (!over) {
    struct frame frame;
    if (poll(&wait, 1, 20) <= 0 || recv(wait.fd, &frame, sizeof frame, 0) < (ssize_t)(sizeof frame - sizeof frame.padding))
      continue;
    if (memcmp(frame.to, vm_mac, 6) || frame.sender >= SENDERS || frame.sequence >= LIMIT) continue;
    int64_t none = 0;
    if (which == VM2 && decided) atomic_compare_exchange_strong(&first[frame.sender], &none, now());
    got[which][frame.sender][frame.sequence]++;
    stray[which]++;
  }
  return NULL;
}

static void *stream(void *argument) {
  int sender = (int)(intptr_t)argument;
  for (int64_t due = now(); !over && count[sender] < LIMIT; due += INTERVAL_NS) {
    struct timespec when = {due / 1000000000, due % 1000000000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL);
    sent[sender][count[sender]] = now();
    put(senders[sender], vm_mac, macs[sender], sender, count[sender]);
    count[sender]++;
  }
  return NULL;
}

static void until(int64_t due) {
  struct timespec when = {due / 1000000000, due % 1000000000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL) == EINTR) continue;
}

static void run(char **command) {
  pid_t child = fork();
  if (child == 0) {
    if (setns(source_ns, CLONE_NEWNET) < 0) _exit(126);
    execvp(command[0], command);
    _exit(127);
  }
  int status;
  if (waitpid(child, &status, 0) < 0 || status != 0) fail(command[0]);
}

struct entry {
  struct nlmsghdr header;
  struct ndmsg neighbour;
  struct rtattr attribute;
  uint8_t mac[8];
};

static void redirect_by_fdb(int fd, struct entry *entry) {
  char answer[512];
  if (send(fd, entry, entry->header.nlmsg_len, 0) < 0 || recv(fd, answer, sizeof answer, 0) < 0) fail("netlink");
  struct nlmsgerr *said = NLMSG_DATA((struct nlmsghdr *)answer);
  if (said->error) {
    errno = -said->error;
    fail("RTM_NEWNEIGH");
  }
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  const char *prefix = argv[1], *mechanism = argv[2];
  senders[REMOTE] = receivers[AT_REMOTE] = port(prefix, "e3");
  senders[LOCAL] = receivers[AT_LOCAL] = port(prefix, "e1");
  receivers[VM1] = port(prefix, "vm1");
  receivers[VM2] = port(prefix, "vm2");
  receivers[BYSTANDER] = port(prefix, "e4");
  source_ns = enter(prefix, "h1");

  void *(*context)(uint32_t) = NULL;
  int (*run_text)(void *, const char *) = NULL;
  void *nft = NULL;
  int netlink = -1;
  struct entry entry = {{sizeof entry - 2, RTM_NEWNEIGH, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, 1, 0},
                        {.ndm_family = AF_BRIDGE, .ndm_state = NUD_REACHABLE, .ndm_flags = NTF_MASTER | NTF_EXT_LEARNED},
                        {RTA_LENGTH(6), NDA_LLADDR}, {0}};
  entry.header.nlmsg_len = NLMSG_LENGTH(sizeof entry.neighbour) + RTA_SPACE(6);
  memcpy(entry.mac, vm_mac, 6);
  if (!strcmp(mechanism, "libnftables")) {
    void *library = dlopen("libnftables.so.1", RTLD_NOW);
    if (!library) fail("libnftables.so.1");
    *(void **)&context = dlsym(library, "nft_ctx_new");
    *(void **)&run_text = dlsym(library, "nft_run_cmd_from_buffer");
    nft = context(0);
    /* What a daemon has done long before: the cache is filled, the code is in memory. */
    if (!nft || run_text(nft, "add element netdev bench moved { 02:00:00:00:00:bb }")) fail("libnftables");
  } else if (!strcmp(mechanism, "netlink")) {
    netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    entry.neighbour.ndm_ifindex = if_nametoindex(argv[3]);
    if (!entry.neighbour.ndm_ifindex) fail(argv[3]);
  }

  /* Everybody learns the senders; only the senders' hosts learn the VM. */
  static const uint8_t all[6] = {255, 255, 255, 255, 255, 255};
  for (int i = 0; i < SENDERS; i++) put(senders[i], all, macs[i], i, LIMIT);
  until(now() + 20000000);
  for (int i = 0; i < SENDERS; i++) put(receivers[VM1], macs[i], vm_mac, 0, LIMIT);
  until(now() + 20000000);

  pthread_t threads[RECEIVERS + SENDERS];
  for (intptr_t i = 0; i < RECEIVERS; i++) pthread_create(&threads[i], NULL, receive, (void *)i);
  for (intptr_t i = 0; i < SENDERS; i++) pthread_create(&threads[RECEIVERS + i], NULL, stream, (void *)i);
  until(now() + BEFORE_NS);
  int64_t begin = now();
  decided = begin;
  if (netlink >= 0) redirect_by_fdb(netlink, &entry);
  else if (nft) {
    if (run_text(nft, argv[3])) fail("libnftables");
  } else run(argv + 3);
  int64_t acknowledged = now();
  until(acknowledged + AFTER_NS);
  int64_t last = now();
  until(last + 50000000);
  over = 1;
  for (int i = 0; i < RECEIVERS + SENDERS; i++) pthread_join(threads[i], NULL);

  int missing = 0, twice = 0;
  for (int s = 0; s < SENDERS; s++)
    for (int i = 0; i < count[s]; i++) {
      if (sent[s][i] > acknowledged && sent[s][i] < last && !got[VM2][s][i]) missing++;
      if (got[VM1][s][i] + got[VM2][s][i] > 1) twice++;
    }
  if (!got[VM1][REMOTE][0] || !got[VM1][LOCAL][0]) {
    fprintf(stderr, "the source's VM was not reached before the redirect\n");
    return 1;
  }
  printf("%.0f %.0f %.0f %d %d %d %d\n", (acknowledged - begin) / 1e3, first[REMOTE] ? (first[REMOTE] - begin) / 1e3 : -1,
         first[LOCAL] ? (first[LOCAL] - begin) / 1e3 : -1, missing, twice, stray[BYSTANDER], stray[AT_REMOTE] + stray[AT_LOCAL]);
  return 0;
}
