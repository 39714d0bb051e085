// A stand-in for NVIDIA's management library: one GPU with a process that computes, one that draws and
// computes, and one of which the memory is not known. The shapes are those of the NVML API reference.
#include <stdlib.h>
#include <string.h>

typedef int nvmlReturn_t;
typedef void *nvmlDevice_t;
struct pci {
	char legacy[16];
	unsigned domain, bus, device, vendor, subsystem;
	char address[32];
};
struct process {
	unsigned pid;
	unsigned long long memory;
	unsigned instance, compute;
};
struct sample {
	unsigned pid;
	unsigned long long at;
	unsigned sm, mem, enc, dec;
};

static char gpu;
static unsigned long long now = 1000000;

nvmlReturn_t nvmlInit_v2(void) { return getenv("STUB_NO_DRIVER") ? 9 : 0; }
nvmlReturn_t nvmlShutdown(void) { return 0; }
nvmlReturn_t nvmlDeviceGetCount_v2(unsigned *n) { *n = 2; return 0; }

// The second GPU is lost, which must not cost the first one.
nvmlReturn_t nvmlDeviceGetHandleByIndex_v2(unsigned i, nvmlDevice_t *d)
{
	*d = &gpu;
	return i == 0 ? 0 : 15;
}

nvmlReturn_t nvmlDeviceGetPciInfo_v3(nvmlDevice_t d, struct pci *p)
{
	memset(p, 0, sizeof(*p));
	strcpy(p->address, "00000000:0A:00.0");
	return d == &gpu ? 0 : 2;
}

static nvmlReturn_t fill(unsigned *n, struct process *out, const struct process *list, unsigned have)
{
	unsigned room = *n;
	*n = have;
	if (room < have)
		return 7;
	memcpy(out, list, have * sizeof(*out));
	return 0;
}

nvmlReturn_t nvmlDeviceGetComputeRunningProcesses_v3(nvmlDevice_t d, unsigned *n, struct process *out)
{
	// More than the first array has room for.
	struct process list[100] = { { 7, 1 << 20, 0, 0 }, { 8, 5, 0, 0 }, { 9, ~0ull, 0, 0 } };
	for (unsigned i = 3; i < 100; i++)
		list[i] = (struct process){ 1000 + i, i, 0, 0 };
	return fill(n, out, list, 100);
}

nvmlReturn_t nvmlDeviceGetGraphicsRunningProcesses_v3(nvmlDevice_t d, unsigned *n, struct process *out)
{
	struct process list[] = { { 8, 5, 0, 0 } };
	return fill(n, out, list, 1);
}

// Each call is a second later: process 7 has two samples of half a second, at 100 % and at 50 %.
nvmlReturn_t nvmlDeviceGetProcessUtilization(nvmlDevice_t d, struct sample *out, unsigned *n, unsigned long long since)
{
	now += 1000000;
	out[0] = (struct sample){ 7, now - 500000, 100, 0, 0, 0 };
	out[1] = (struct sample){ 7, now, 50, 0, 0, 25 };
	*n = 2;
	return 0;
}
