package programs

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrGivenUp is wrapped by an error after which there is no use in another try.
var ErrGivenUp = errors.New("given up")

// Eventually tries until there is no error, and returns the last one if that takes longer
// than the patience or the context ends.
func Eventually(ctx context.Context, patience time.Duration, try func() error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		err := try()
		if err == nil || errors.Is(err, ErrGivenUp) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not within %v: %w", patience, err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
