package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/util"
)

// program is one line of standard input; inputs and data are texts of JSON.
type program struct {
	Module string   `json:"module"`
	Query  string   `json:"query"`
	Data   string   `json:"data"`
	Inputs []string `json:"inputs"`
	// NoRuleIndex has every rule evaluated, also those that OPA's rule index would skip.
	NoRuleIndex bool `json:"no_rule_index"`
	// NoComprehensionIndex has every comprehension evaluated where it stands.
	NoComprehensionIndex bool `json:"no_comprehension_index"`
}

// runPrograms answers each line with an array: per input the value of the query as a term of the language, "undefined",
// or "error CODE: MESSAGE"; for a program that OPA refuses one element, "compile CODE: MESSAGE".
func runPrograms() {
	ctx := context.Background()
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for {
		line, err := in.ReadBytes('\n')
		if len(line) == 0 && err != nil {
			return
		}
		var p program
		must(json.Unmarshal(line, &p))
		answers, err := json.Marshal(run(ctx, p))
		must(err)
		out.Write(answers)
		out.WriteByte('\n')
		out.Flush()
	}
}

func run(ctx context.Context, p program) []string {
	var data map[string]any
	must(util.UnmarshalJSON([]byte(p.Data), &data))
	options := []func(*rego.Rego){
		rego.Query("x := " + p.Query),
		rego.Module("p.rego", p.Module),
		rego.Store(inmem.NewFromObjectWithOpts(data, inmem.OptReturnASTValuesOnRead(true))),
		rego.GenerateJSON(func(t *ast.Term, _ *rego.EvalContext) (any, error) { return t.String(), nil }),
	}
	if p.NoComprehensionIndex {
		options = append(options, rego.Compiler(ast.NewCompiler().
			WithUseTypeCheckAnnotations(true).
			WithSkipStages(ast.StageBuildComprehensionIndices)))
	}
	prepared, err := rego.New(options...).PrepareForEval(ctx)
	if err != nil {
		return []string{"compile " + code(err) + ": " + err.Error()}
	}
	var answers []string
	for _, text := range p.Inputs {
		input, err := ast.ValueFromReader(strings.NewReader(text))
		must(err)
		results, err := prepared.Eval(ctx, rego.EvalParsedInput(input), rego.EvalRuleIndexing(!p.NoRuleIndex))
		switch {
		case err != nil:
			answers = append(answers, "error "+code(err)+": "+err.Error())
		case len(results) == 0:
			answers = append(answers, "undefined")
		default:
			answers = append(answers, results[0].Bindings["x"].(string))
		}
	}
	return answers
}

// code is the OPA error code in a message such as "p.rego:3: eval_conflict_error: ...".
func code(err error) string {
	for _, word := range strings.Fields(err.Error()) {
		if strings.HasSuffix(word, "_error:") {
			return strings.TrimSuffix(word, ":")
		}
	}
	return err.Error()
}
