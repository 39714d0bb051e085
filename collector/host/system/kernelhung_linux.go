package system

// kernelHung reads how many tasks the kernel's detector found hanging, which Linux counts
// since 6.13 (Documentation/admin-guide/sysctl/kernel.rst, hung_task_detect_count).
func (r *reader) kernelHung(out *values) {
	out.addUnsigned("kernel_hung_tasks_total", r.procPath("sys/kernel/hung_task_detect_count"))
}
