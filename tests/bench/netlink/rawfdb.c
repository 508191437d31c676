/*
 * Adds N static entries to a VXLAN device's FDB by raw netlink: 256 messages a send, the last of each
 * send asks for an acknowledgement. The yardstick for netlink4j; it does no more than it must.
 *
 *   rawfdb DEVICE N     prints the seconds from the first message built to the last acknowledgement, and the
 *                       processor seconds that they took
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PER_SEND 256

static void attribute(struct nlmsghdr *header, int type, const void *data, int length)
{
	struct rtattr *attribute = (void *)((char *)header + NLMSG_ALIGN(header->nlmsg_len));
	attribute->rta_type = type;
	attribute->rta_len = RTA_LENGTH(length);
	memcpy(RTA_DATA(attribute), data, length);
	header->nlmsg_len = NLMSG_ALIGN(header->nlmsg_len) + RTA_ALIGN(attribute->rta_len);
}

static int add(char *at, int sequence, int ifindex, int i, int last)
{
	struct nlmsghdr *header = (void *)at;
	memset(at, 0, 128);
	header->nlmsg_len = NLMSG_LENGTH(sizeof(struct ndmsg));
	header->nlmsg_type = RTM_NEWNEIGH;
	header->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_REPLACE | (last ? NLM_F_ACK : 0);
	header->nlmsg_seq = sequence;
	struct ndmsg *entry = NLMSG_DATA(header);
	entry->ndm_family = AF_BRIDGE;
	entry->ndm_ifindex = ifindex;
	entry->ndm_state = NUD_PERMANENT;
	entry->ndm_flags = NTF_SELF;
	unsigned char mac[6] = {2, 0, i >> 24, i >> 16, i >> 8, i};
	unsigned char vtep[4] = {10, 0, 0, 1 + i % 64};
	attribute(header, NDA_LLADDR, mac, 6);
	attribute(header, NDA_DST, vtep, 4);
	return NLMSG_ALIGN(header->nlmsg_len);
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static double between(struct timespec *from, struct timespec *to)
{
	return to->tv_sec - from->tv_sec + (to->tv_nsec - from->tv_nsec) / 1e9;
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: rawfdb DEVICE N\n");
		return 2;
	}
	int ifindex = if_nametoindex(argv[1]);
	int count = atoi(argv[2]);
	static char out[PER_SEND * 128], in[65536];
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	struct sockaddr_nl address = {.nl_family = AF_NETLINK};
	if (fd < 0 || bind(fd, (void *)&address, sizeof(address)) < 0)
		fail("netlink");
	struct timespec from, to, cpu_from, cpu_to;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu_from);
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (int i = 0; i < count;) {
		int length = 0, end = i + PER_SEND < count ? i + PER_SEND : count;
		for (; i < end; i++)
			length += add(out + length, i, ifindex, i, i == end - 1);
		if (send(fd, out, length, 0) != length)
			fail("send");
		for (int acknowledged = 0; !acknowledged;) {
			int got = recv(fd, in, sizeof(in), 0);
			if (got < 0)
				fail("recv");
			for (struct nlmsghdr *h = (void *)in; NLMSG_OK(h, got); h = NLMSG_NEXT(h, got)) {
				struct nlmsgerr *error = NLMSG_DATA(h);
				if (h->nlmsg_type == NLMSG_ERROR && error->error) {
					errno = -error->error;
					fail("entry");
				}
				acknowledged = (int)h->nlmsg_seq == i - 1;
			}
		}
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu_to);
	printf("%.6f %.6f\n", between(&from, &to), between(&cpu_from, &cpu_to));
	return 0;
}
