/*
 * A population: people PROCESSES FAMILIES, as PID 1 of a PID namespace. Mounts proc, makes the processes, writes a byte when
 * all are in place, and ends at the end of its input; the kernel ends all others with it.
 *
 * Of the processes each has three descriptors, every tenth a fourth one, every 100th 50 of them, every 50th three sockets of its
 * own, and every 20th is in namespaces of its own. The first FAMILIES are each in a user, UTS and cgroup namespace of their own.
 * Besides there are networks that have only a name, and namespaces that only a descriptor or a socket keeps.
 */
#include "sys.h"

#define NETWORKS 4    /* with a name */
#define DESCRIPTORS 8 /* of namespaces without processes */
#define MOST_NETWORKS 24 /* the kernel takes a millisecond for one, and more to take it down */
#define DEEPEST 4
#define WNOHANG 1

#define AF_UNIX 1
#define AF_INET 2
#define SOCK_DGRAM 2

static int ready; /* its end is when the last process has closed it */

/* Exits with a status that says which step it was. */
static word must(word ret, int status)
{
	if (ret < 0)
		leave(status);
	return ret;
}

__attribute__((noreturn)) static void stay(void)
{
	CALL1(NR_close, ready);
	for (;;)
		CALL5(NR_ppoll, NULL, 0, NULL, NULL, 0);
}

static int open_file(const char *path, int flags)
{
	return (int)must(CALL4(NR_openat, AT_FDCWD, path, flags, 0644), 101);
}

static void write_file(const char *path, const char *text, uword len)
{
	int fd = open_file(path, O_WRONLY);

	must(CALL3(NR_write, fd, text, len), 102);
	CALL1(NR_close, fd);
}

/* Its creator is root in it: without a map nobody in it could make another. */
static void make_users(void)
{
	must(CALL1(NR_unshare, CLONE_NEWUSER), 120);
	write_file("/proc/self/uid_map", "0 0 1", 5);
	write_file("/proc/self/setgroups", "deny", 4);
	write_file("/proc/self/gid_map", "0 0 1", 5);
}

static void nested_init(void *arg)
{
	(void)arg;
	stay();
}

static void leave_for_own(uword turn)
{
	switch (turn % 8) {
	case 0:
		must(CALL1(NR_unshare, CLONE_NEWUTS), 121);
		return;
	case 1:
		must(CALL1(NR_unshare, CLONE_NEWIPC | CLONE_NEWUTS), 122);
		return;
	case 2:
		must(CALL1(NR_unshare, turn / 8 < MOST_NETWORKS ? CLONE_NEWNET : CLONE_NEWUTS), 123);
		return;
	case 3:
		must(CALL1(NR_unshare, CLONE_NEWNS), 124);
		return;
	case 4:
		/* Those above the last one have no process. */
		for (uword depth = 0; depth <= turn / 8 % DEEPEST; depth++)
			make_users();
		must(CALL1(NR_unshare, CLONE_NEWUTS), 125);
		return;
	case 5:
		must(spawn(CLONE_NEWPID | SIGCHLD, nested_init, NULL), 126);
		return;
	case 6:
		must(CALL1(NR_unshare, CLONE_NEWCGROUP), 127);
		return;
	default:
		make_users();
	}
}

struct place {
	uword number, families;
};

static void one(void *arg)
{
	const struct place *p = arg;

	/* PID 1's; of every tenth process the first of its pipes stays, as a fourth descriptor. */
	CALL3(NR_close_range, 3 + (p->number % 10 == 0), 5, 0);
	if (p->number < p->families) {
		make_users();
		must(CALL1(NR_unshare, CLONE_NEWUTS | CLONE_NEWCGROUP), 128);
	} else if (p->number % 20 == 7) {
		leave_for_own(p->number / 20);
	}
	for (int more = p->number % 100 == 5 ? 46 : 0; more; more--)
		must(CALL1(NR_dup, 0), 111);
	if (p->number % 50 == 3) {
		must(CALL3(NR_socket, AF_UNIX, SOCK_DGRAM, 0), 112);
		must(CALL3(NR_socket, AF_UNIX, SOCK_DGRAM, 0), 112);
		must(CALL3(NR_socket, AF_INET, SOCK_DGRAM, 0), 112);
	}
	stay();
}

/* Networks with a name, as `ip netns add` makes them. It stays in none of them. */
static void name_networks(void *arg)
{
	static char path[] = "/run/netns/0";

	(void)arg;
	for (int i = 0; i < NETWORKS; i++) {
		path[sizeof(path) - 2] = (char)('a' + i);
		CALL1(NR_close, open_file(path, O_WRONLY | O_CREAT));
		must(CALL1(NR_unshare, CLONE_NEWNET), 130);
		must(CALL5(NR_mount, "/proc/self/ns/net", path, NULL, MS_BIND, NULL), 131);
	}
	leave(0);
}

/* Holds descriptors of namespaces in which nobody is, and a socket of such a network. */
static void keep(void *arg)
{
	int home = open_file("/proc/self/ns/net", O_RDONLY);

	(void)arg;
	for (int i = 0; i < DESCRIPTORS; i++) {
		must(CALL1(NR_unshare, CLONE_NEWUTS), 132);
		open_file("/proc/self/ns/uts", O_RDONLY);
	}
	must(CALL1(NR_unshare, CLONE_NEWUTS | CLONE_NEWNET), 133);
	must(CALL3(NR_socket, AF_INET, SOCK_DGRAM, 0), 134);
	must(CALL2(NR_setns, home, CLONE_NEWNET), 135);
	stay();
}

static void mount_all(void)
{
	int status = 0;
	word pid;

	must(CALL5(NR_mount, "none", "/", NULL, MS_REC | MS_PRIVATE, NULL), 103);
	must(CALL5(NR_mount, "proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), 104);
	must(CALL5(NR_mount, "run", "/run", "tmpfs", MS_NOSUID | MS_NODEV, NULL), 104);
	must(CALL3(NR_mkdirat, AT_FDCWD, "/run/netns", 0755), 105);
	pid = must(spawn(SIGCHLD, name_networks, NULL), 106);
	must(CALL4(NR_wait4, pid, &status, 0, NULL), 107);
	if (status)
		leave(status >> 8 & 0xff);
}

/* Three descriptors of one file, which all get. Our own input and output become 3 and 4. */
static void inherit(int *input, int *output)
{
	CALL3(NR_close_range, 3, ~0U, 0);
	*input = (int)must(CALL1(NR_dup, 0), 111);
	*output = (int)must(CALL1(NR_dup, 1), 111);
	for (int fd = 0; fd < 3; fd++)
		CALL1(NR_close, fd);
	for (int fd = 0; fd < 3; fd++)
		open_file("/dev/null", O_RDONLY);
}

__attribute__((noreturn, used)) void start(uword *sp)
{
	char **argv = (char **)(sp + 1);
	int input, output, in_place[2], status = 0;
	struct place p = { 0, 0 };
	uword count;
	char byte = 0;

	if (sp[0] < 3)
		leave(100);
	count = number(argv[1]);
	p.families = number(argv[2]);
	mount_all();
	inherit(&input, &output);
	must(CALL2(NR_pipe2, in_place, 0), 110); /* 5 and 6 */
	ready = in_place[1];
	must(spawn(SIGCHLD, keep, NULL), 106);
	for (; p.number < count; p.number++)
		must(spawn(SIGCHLD, one, &p), 106);
	CALL1(NR_close, ready);
	while (CALL3(NR_read, in_place[0], &byte, 1) > 0)
		;
	/* Nobody ends who has done all. */
	if (CALL4(NR_wait4, -1, &status, WNOHANG, NULL) > 0)
		leave(status >> 8 & 0xff);
	must(CALL3(NR_write, output, &byte, 1), 102);
	while (CALL3(NR_read, input, &byte, 1) > 0)
		;
	leave(0);
}
