/* What a probe's datagram carries, after the UDP header. */
#ifndef VXLAND_BENCH_WIRE_H
#define VXLAND_BENCH_WIRE_H
#include <stdint.h>

#define PROBE_MAGIC 0x56584d50u /* in network order, as all of it */
#define PROBE_REQUEST 1
#define PROBE_REPLY 2

struct probe_datagram {
  uint32_t magic;
  uint16_t id;   /* of the sender: 1 to 65535 */
  uint16_t kind; /* PROBE_REQUEST or PROBE_REPLY */
  uint32_t sequence;
  uint32_t padding;
} __attribute__((packed));

#endif
