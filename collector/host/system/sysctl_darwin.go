package system

const openFilesSysctl = "kern.num_files"
