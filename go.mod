module proctree

go 1.26
