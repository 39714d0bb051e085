package process

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseID is the inverse of ID.String; there is one text for each ID.
func ParseID(text string) (id ID, err error) {
	first, second, _ := strings.Cut(text, "-")
	pid, err := strconv.ParseInt(first, 10, 32)
	if err == nil {
		id.PID = int(pid)
		id.StartTicks, err = strconv.ParseUint(second, 10, 64)
	}
	if err != nil || pid < 0 || id.String() != text {
		return ID{}, fmt.Errorf("%.64q is not an id such as 4321-98765, the member id of a process", text)
	}
	return id, nil
}
