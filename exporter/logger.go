package main

import (
	"io"
	"log/slog"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	sloggokit "github.com/tjhop/slog-gokit"
)

// loggers are the root logger and the same as exporter-toolkit wants it.
type loggers struct {
	root    log.Logger
	toolkit *slog.Logger
}

// newLoggers writes lines to out. The names of level and format are those of the flags,
// which let no others pass.
func newLoggers(out io.Writer, levelName, format string) loggers {
	out = log.NewSyncWriter(out)
	bare := log.NewLogfmtLogger(out)
	if format == "json" {
		bare = log.NewJSONLogger(out)
	}
	bare = level.NewFilter(bare, level.Allow(level.ParseDefault(levelName, level.InfoValue())))
	return loggers{
		root: log.With(bare, "time", log.DefaultTimestampUTC, "caller", log.DefaultCaller),
		// The bridge adds time and caller itself.
		toolkit: slog.New(sloggokit.NewGoKitHandler(bare, slogLevel(levelName))),
	}
}

func slogLevel(name string) slog.Level {
	switch name {
	case "debug":
		return slog.LevelDebug
	case "warn":
		return slog.LevelWarn
	case "error":
		return slog.LevelError
	}
	return slog.LevelInfo
}
