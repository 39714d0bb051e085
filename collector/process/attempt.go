package process

// Attempt is an attempt to act on a process, allowed or not.
type Attempt struct {
	// Who is the name of the token or the user, "" where it is not known. From is the address of the
	// connection.
	Who  string `json:"who,omitempty"`
	From string `json:"from,omitempty"`
	// Action is a signal, "signal" where it is not known which, or "priority". Nice is the value for "priority".
	Action string `json:"action"`
	Nice   *int   `json:"nice,omitempty"`
	// Result is "done", or in one word why nothing was done. Error says more.
	Result string `json:"result"`
	Error  string `json:"error,omitempty"`
}
