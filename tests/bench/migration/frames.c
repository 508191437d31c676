/*
 * Reads captures of tcpdump (pcap, microseconds, Ethernet, IPv4) and prints what is in them, a line per frame.
 *
 *   frames probes NAME=FILE...      NAME TIME request|reply ID SEQUENCE DESTINATION-MAC
 *   frames stall FILE ADDRESS SINCE the longest time, in ms, in which a TCP connection of ADDRESS made no progress:
 *                                   no new data from it and no new acknowledgement; then when that began, in
 *                                   microseconds. Of several connections, the one with most frames; what ended before
 *                                   SINCE (microseconds since 1970) does not count.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "wire.h"

#define ETHERNET 14
#define SNAP 65536

struct record {
  uint32_t seconds, micros, captured, length;
};

static FILE *open_capture(const char *file) {
  uint32_t header[6];
  FILE *in = fopen(file, "r");
  if (!in || fread(header, sizeof header, 1, in) != 1 || header[0] != 0xa1b2c3d4u || header[5] != 1) {
    fprintf(stderr, "%s: no capture in pcap format with Ethernet frames\n", file);
    exit(1);
  }
  return in;
}

/* The next frame, or 0 at the end; a record that tcpdump had no time to finish is the end. */
static int next(FILE *in, struct record *record, uint8_t *frame) {
  return fread(record, sizeof *record, 1, in) == 1 && record->captured <= SNAP &&
         fread(frame, 1, record->captured, in) == record->captured;
}

static int64_t at(const struct record *record) { return (int64_t)record->seconds * 1000000 + record->micros; }

static uint32_t get32(const uint8_t *p) { return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]; }

/* The IPv4 payload of a protocol, or NULL. */
static const uint8_t *payload(const uint8_t *frame, const struct record *record, int protocol, size_t least) {
  if (record->captured < ETHERNET + 20 || frame[12] != 8 || frame[13] != 0) return NULL;
  size_t header = (frame[ETHERNET] & 15) * 4;
  if (frame[ETHERNET + 9] != protocol || record->captured < ETHERNET + header + least) return NULL;
  return frame + ETHERNET + header;
}

static void probes(const char *name, const char *file) {
  FILE *in = open_capture(file);
  struct record record;
  static uint8_t frame[SNAP];
  while (next(in, &record, frame)) {
    struct probe_datagram datagram;
    const uint8_t *udp = payload(frame, &record, 17, 8 + sizeof datagram);
    if (!udp) continue;
    memcpy(&datagram, udp + 8, sizeof datagram);
    if (datagram.magic != htonl(PROBE_MAGIC)) continue;
    printf("%s %lld %s %d %u %02x:%02x:%02x:%02x:%02x:%02x\n", name, (long long)at(&record),
           ntohs(datagram.kind) == PROBE_REQUEST ? "request" : "reply", ntohs(datagram.id), ntohl(datagram.sequence),
           frame[0], frame[1], frame[2], frame[3], frame[4], frame[5]);
  }
  fclose(in);
}

#define CONNECTIONS 16

struct connection {
  uint16_t peer; /* the other side's port, in network order */
  uint32_t data, acked, frames;
  int64_t last, longest, began;
};

static void stall(const char *file, const char *address, int64_t since) {
  FILE *in = open_capture(file);
  struct record record;
  static uint8_t frame[SNAP];
  struct connection connections[CONNECTIONS] = {0}, *most = connections;
  uint32_t from;
  if (inet_pton(AF_INET, address, &from) != 1) exit(2);
  while (next(in, &record, frame)) {
    const uint8_t *tcp = payload(frame, &record, 6, 20);
    if (!tcp || memcmp(frame + ETHERNET + 12, &from, 4)) continue;
    uint16_t peer;
    memcpy(&peer, tcp + 2, sizeof peer);
    struct connection *c = connections;
    while (c < connections + CONNECTIONS && c->frames && c->peer != peer) c++;
    if (c == connections + CONNECTIONS) continue;
    uint32_t length = (frame[ETHERNET + 2] << 8 | frame[ETHERNET + 3]) - (frame[ETHERNET] & 15) * 4 - (tcp[12] >> 4) * 4;
    uint32_t end = get32(tcp + 4) + length, ack = get32(tcp + 8);
    if (c->frames++ && (int32_t)(end - c->data) <= 0 && (int32_t)(ack - c->acked) <= 0) continue;
    if (c->last && at(&record) >= since && at(&record) - c->last > c->longest) {
      c->longest = at(&record) - c->last;
      c->began = c->last;
    }
    if (!c->last || (int32_t)(end - c->data) > 0) c->data = end;
    if (!c->last || (int32_t)(ack - c->acked) > 0) c->acked = ack;
    c->last = at(&record);
    c->peer = peer;
  }
  for (struct connection *c = connections; c < connections + CONNECTIONS; c++)
    if (c->frames > most->frames) most = c;
  printf("%.1f %lld\n", most->longest / 1000.0, (long long)most->began);
  fclose(in);
}

int main(int argc, char **argv) {
  if (argc >= 3 && !strcmp(argv[1], "probes")) {
    for (int i = 2; i < argc; i++) {
      char *file = strchr(argv[i], '=');
      if (!file) return 2;
      *file++ = 0;
      probes(argv[i], file);
    }
    return 0;
  }
  if (argc == 5 && !strcmp(argv[1], "stall")) {
    stall(argv[2], argv[3], atoll(argv[4]));
    return 0;
  }
  fprintf(stderr, "usage: frames probes NAME=FILE... | frames stall FILE ADDRESS SINCE\n");
  return 2;
}
