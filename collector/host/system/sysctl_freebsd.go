package system

const openFilesSysctl = "kern.openfiles"
