package bpf

//go:generate go tool bpf2go -go-package bpf -target bpfel -tags linux -type record -type delays tasks tasks.bpf.c -- -O2 -Wall -Werror
//go:generate go tool bpf2go -go-package bpf -target bpfel -tags linux -type usage -type delays -type ended_key -type ended -type sum_key -type sum -type traffic -type network -type networked exits exits.bpf.c -- -O2 -Wall -Werror
//go:generate go tool bpf2go -go-package bpf -target bpfel -tags linux -type event -type exit_event events events.bpf.c -- -O2 -Wall -Werror
//go:generate go tool bpf2go -go-package bpf -target bpfel -tags linux walk walk.bpf.c -- -O2 -Wall -Werror
//go:generate go tool bpf2go -go-package bpf -target bpfel -tags linux network network.bpf.c -- -O2 -Wall -Werror
