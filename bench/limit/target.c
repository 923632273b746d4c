/*
 * What is entered: a process in namespaces of its own, of every kind but user (which is the caller's) and time. Prints its
 * PID when all is made, and ends at the end of its input. So it ends with who started it, however that ends, and its
 * namespaces with it: nothing of them has a name.
 */
#include "sys.h"

#define NAMESPACES (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWCGROUP)

static void must(word ret, int status)
{
	if (ret < 0)
		leave(status);
}

/* Says so when it is ready, and stays until the end of its input. */
static void first(void *arg)
{
	const int *ready = arg;
	char byte = 0;

	must(CALL5(NR_mount, "none", "/", NULL, MS_REC | MS_PRIVATE, NULL), 103);
	/* A proc that shows the PID namespace, as a container has. */
	must(CALL5(NR_mount, "proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), 104);
	must(CALL3(NR_write, ready[1], &byte, 1), 102);
	while (CALL3(NR_read, 0, &byte, 1) > 0)
		;
	leave(0);
}

/* One line. */
static void print(uword n)
{
	char text[32];
	char *end = text + sizeof(text);
	char *p = end;

	*--p = '\n';
	do
		*--p = (char)('0' + n % 10);
	while (n /= 10);
	must(CALL3(NR_write, 1, p, end - p), 102);
}

__attribute__((noreturn, used)) void start(void)
{
	int ready[2], status = 0;
	word pid;
	char byte;

	must(CALL2(NR_pipe2, ready, 0), 110);
	must(CALL1(NR_unshare, NAMESPACES), 107);
	pid = spawn(SIGCHLD, first, ready);
	must(pid, 105);
	CALL1(NR_close, ready[1]);
	if (CALL3(NR_read, ready[0], &byte, 1) == 1)
		print((uword)pid);
	must(CALL4(NR_wait4, pid, &status, 0, NULL), 106);
	leave(status & 0x7f ? 128 + (status & 0x7f) : status >> 8 & 0xff);
}
