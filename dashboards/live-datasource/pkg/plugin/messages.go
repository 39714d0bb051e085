package plugin

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"proctree/dashboards/live-datasource/pkg/processes"
)

// The messages of a stream are JSON objects with the members type and seq, a number that
// goes up by one: who misses one subscribes again, and gets a full one.
//
//	{"type":"full","seq":7,"frame":{"schema":…,"data":…}}
//	{"type":"diff","seq":8,"about":{…},"removed":["ID"],"added":[{row}],"changed":[{"id":"ID",…}]}
//	{"type":"error","seq":9,"message":"…"}

// fullMessage has the whole frame.
func fullMessage(sequence uint64, selection *processes.Selection, about processes.About) ([]byte, error) {
	frame, err := data.FrameToJSON(selection.Frame(about), data.IncludeAll)
	if err != nil {
		return nil, fmt.Errorf("write the frame: %w", err)
	}
	dst := append(start("full", sequence), `"frame":`...)
	return append(append(dst, frame...), '}'), nil
}

// diffMessage leads from one selection to the next.
func diffMessage(sequence uint64, before, now *processes.Selection, about processes.About) ([]byte, error) {
	text, err := json.Marshal(about)
	if err != nil {
		return nil, fmt.Errorf("write the difference: %w", err)
	}
	dst := append(append(start("diff", sequence), `"about":`...), text...)
	return append(now.AppendDifferences(append(dst, ','), before), '}'), nil
}

// errorMessage says why there is nothing new; what was told stays.
func errorMessage(sequence uint64, why string) ([]byte, error) {
	text, err := json.Marshal(why)
	if err != nil {
		return nil, fmt.Errorf("write the message: %w", err)
	}
	return append(append(append(start("error", sequence), `"message":`...), text...), '}'), nil
}

// start begins a message, up to the comma before its own members.
func start(kind string, sequence uint64) []byte {
	dst := append([]byte(`{"type":"`), kind...)
	dst = strconv.AppendUint(append(dst, `","seq":`...), sequence, 10)
	return append(dst, ',')
}
