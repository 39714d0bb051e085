package textfile

const nonblock = 0
