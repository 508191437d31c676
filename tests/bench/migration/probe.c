/*
 * Sends a UDP datagram every INTERVAL microseconds, at absolute deadlines, and notes when each went and when
 * its echo came back; the other mode is the echo.
 *
 *   probe send ADDRESS PORT ID INTERVAL FILE
 *       Prints "answered" after 200 echoes. At SIGTERM it sends for another 500 ms, waits for what is outstanding
 *       (1.5 s at most) and writes FILE, a line per datagram:
 *           SEQUENCE SENT RECEIVED COPIES     microseconds since 1970; RECEIVED 0 and COPIES 0 where none came
 *   probe echo PORT
 *       Sends each request back. Blocks rather than drops when its device is busy.
 *
 * RECEIVED is the kernel's time stamp (SO_TIMESTAMPNS), SENT is taken just before the call.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "wire.h"

#define LIMIT 600000 /* datagrams: ten minutes at one a millisecond */
#define READY 200
#define TAIL_US 500000
#define DRAIN_MS 1500
#define BUFFER (16 << 20)

static int64_t sent[LIMIT];
static _Atomic int64_t received[LIMIT];
static _Atomic int copies[LIMIT];
static atomic_int count, answered;
static atomic_llong ends;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t micros(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int udp_socket(void) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0), size = BUFFER, on = 1;
  if (fd < 0) fail("socket");
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0) fail("SO_RCVBUFFORCE");
  if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) < 0) fail("SO_TIMESTAMPNS");
  return fd;
}

static _Noreturn void echo(int port) {
  int fd = udp_socket();
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (bind(fd, (struct sockaddr *)&here, sizeof here) < 0) fail("bind");
  for (;;) {
    struct probe_datagram datagram;
    struct sockaddr_in from;
    socklen_t length = sizeof from;
    ssize_t got = recvfrom(fd, &datagram, sizeof datagram, 0, (struct sockaddr *)&from, &length);
    if (got != sizeof datagram || datagram.magic != htonl(PROBE_MAGIC)) continue;
    datagram.kind = htons(PROBE_REPLY);
    sendto(fd, &datagram, sizeof datagram, 0, (struct sockaddr *)&from, length);
  }
}

struct receiver {
  int fd;
  int id;
};

static int64_t stamp(struct msghdr *message) {
  for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c))
    if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
      struct timespec when;
      memcpy(&when, CMSG_DATA(c), sizeof when);
      return (int64_t)when.tv_sec * 1000000 + when.tv_nsec / 1000;
    }
  return micros(CLOCK_REALTIME);
}

static void *receive(void *argument) {
  struct receiver *receiver = argument;
  for (;;) {
    struct probe_datagram datagram;
    char control[128];
    struct iovec part = {&datagram, sizeof datagram};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    if (recvmsg(receiver->fd, &message, 0) != sizeof datagram) continue;
    uint32_t sequence = ntohl(datagram.sequence);
    if (datagram.magic != htonl(PROBE_MAGIC) || datagram.id != htons(receiver->id) ||
        datagram.kind != htons(PROBE_REPLY) || sequence >= (uint32_t)LIMIT)
      continue;
    if (atomic_fetch_add(&copies[sequence], 1) == 0) {
      received[sequence] = stamp(&message);
      if (atomic_fetch_add(&answered, 1) + 1 == READY && write(1, "answered\n", 9) != 9) fail("write");
    }
  }
  return NULL;
}

static void *wait_for_end(void *argument) {
  int signal;
  sigwait(argument, &signal);
  ends = micros(CLOCK_MONOTONIC) + TAIL_US;
  return NULL;
}

static void write_results(const char *file) {
  FILE *out = fopen(file, "w");
  if (!out) fail(file);
  for (int i = 0; i < count; i++)
    fprintf(out, "%d %lld %lld %d\n", i, (long long)sent[i], (long long)received[i], copies[i]);
  if (fclose(out) != 0) fail(file);
}

static int send_probes(const char *address, int port, int id, int interval, const char *file) {
  struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (inet_pton(AF_INET, address, &there.sin_addr) != 1) fail(address);
  struct receiver receiver = {udp_socket(), id};
  static sigset_t end;
  sigemptyset(&end);
  sigaddset(&end, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &end, NULL);
  /* Best effort: where it is not allowed the sender is late more often, and SENT says so. */
  struct sched_param priority = {.sched_priority = 2};
  sched_setscheduler(0, SCHED_FIFO, &priority);
  /* Bound before the receiver reads: the port is the sender's for the whole time. */
  if (connect(receiver.fd, (struct sockaddr *)&there, sizeof there) < 0) fail("connect");
  pthread_t threads[2];
  pthread_create(&threads[0], NULL, receive, &receiver);
  pthread_create(&threads[1], NULL, wait_for_end, &end);
  int64_t due = micros(CLOCK_MONOTONIC) + interval;
  for (int sequence = 0; sequence < LIMIT; sequence++, due += interval) {
    struct timespec when = {due / 1000000, due % 1000000 * 1000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL) == EINTR) continue;
    if (ends && due > ends) break;
    struct probe_datagram datagram = {htonl(PROBE_MAGIC), htons(id), htons(PROBE_REQUEST), htonl(sequence), 0};
    sent[sequence] = micros(CLOCK_REALTIME);
    count = sequence + 1;
    send(receiver.fd, &datagram, sizeof datagram, 0);
  }
  int64_t drained = micros(CLOCK_MONOTONIC) + DRAIN_MS * 1000;
  while (answered < count && micros(CLOCK_MONOTONIC) < drained) poll(NULL, 0, 10);
  write_results(file);
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 3 && !strcmp(argv[1], "echo")) echo(atoi(argv[2]));
  if (argc == 7 && !strcmp(argv[1], "send"))
    return send_probes(argv[2], atoi(argv[3]), atoi(argv[4]), atoi(argv[5]), argv[6]);
  fprintf(stderr, "usage: probe send ADDRESS PORT ID INTERVAL FILE | probe echo PORT\n");
  return 2;
}
