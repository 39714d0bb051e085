package system

// entropy reads the state of the kernel's random number generator (random(4)).
func (r *reader) entropy(out *values) {
	out.addUnsigned("entropy_available_bits", r.procPath("sys/kernel/random/entropy_avail"))
	out.addUnsigned("entropy_pool_size_bits", r.procPath("sys/kernel/random/poolsize"))
}
