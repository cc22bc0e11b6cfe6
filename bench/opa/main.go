// Command peer evaluates workloads with OPA's Go library and says what that cost, one line of JSON per measurement.
//
//	peer SECONDS FOLDER…     measures each folder with 1 and 2 threads
//	peer run                 evaluates programs from standard input, see fuzz.go
//
// A folder holds modules (*.rego), data.json, input.json and query.txt. Queries are prepared, inputs are parsed, and the
// store is the one that is quickest to read.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/util"
)

type measurement struct {
	Workload string          `json:"workload"`
	Threads  int             `json:"threads"`
	Nanos    float64         `json:"nanos"`
	CPU      float64         `json:"cpu"`
	Bytes    float64         `json:"bytes"`
	Compile  float64         `json:"compile_ms"`
	Result   json.RawMessage `json:"result"`
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "run" {
		runPrograms()
		return
	}
	seconds, err := strconv.ParseFloat(os.Args[1], 64)
	must(err)
	for _, folder := range os.Args[2:] {
		measure(folder, time.Duration(seconds*float64(time.Second)))
	}
}

func measure(folder string, length time.Duration) {
	ctx := context.Background()
	query := strings.TrimSpace(string(read(folder, "query.txt")))
	var data map[string]any
	must(util.UnmarshalJSON(read(folder, "data.json"), &data))
	input, err := ast.ValueFromReader(strings.NewReader(string(read(folder, "input.json"))))
	must(err)
	options := []func(*rego.Rego){
		rego.Query(query),
		rego.Store(inmem.NewFromObjectWithOpts(data, inmem.OptReturnASTValuesOnRead(true))),
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.rego"))
	must(err)
	sort.Strings(files)
	for _, file := range files {
		options = append(options, rego.Module(filepath.Base(file), string(read(file))))
	}
	began := time.Now()
	prepared, err := rego.New(options...).PrepareForEval(ctx)
	must(err)
	compile := time.Since(began)
	once := func() rego.ResultSet {
		results, err := prepared.Eval(ctx, rego.EvalParsedInput(input))
		must(err)
		return results
	}
	var result json.RawMessage = []byte("null")
	if set := once(); len(set) > 0 {
		result, err = json.Marshal(set[0].Expressions[0].Value)
		must(err)
	}
	for _, threads := range []int{1, 2} {
		load(once, threads, length/2)
		m := load(once, threads, length)
		m.Workload = filepath.Base(folder)
		m.Compile = float64(compile.Microseconds()) / 1000
		m.Result = result
		out, err := json.Marshal(m)
		must(err)
		fmt.Println(string(out))
	}
}

func load(once func() rego.ResultSet, threads int, length time.Duration) measurement {
	var before, after runtime.MemStats
	var count atomic.Int64
	runtime.GC()
	runtime.ReadMemStats(&before)
	cpu := cpuTime()
	began := time.Now()
	end := began.Add(length)
	var wait sync.WaitGroup
	for range threads {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for time.Now().Before(end) {
				for range 10 {
					once()
				}
				count.Add(10)
			}
		}()
	}
	wait.Wait()
	took := time.Since(began)
	used := cpuTime() - cpu
	runtime.ReadMemStats(&after)
	n := float64(count.Load())
	return measurement{
		Threads: threads,
		Nanos:   float64(took.Nanoseconds()) / n,
		CPU:     float64(used.Nanoseconds()) / n,
		Bytes:   float64(after.TotalAlloc-before.TotalAlloc) / n,
	}
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func read(path ...string) []byte {
	bytes, err := os.ReadFile(filepath.Join(path...))
	must(err)
	return bytes
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
