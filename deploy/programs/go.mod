module proctree/deploy/programs

go 1.26
