// The jobs of the benchmarks, done with hamba/avro:
//
//	hamba-peer score FILE VERSION,PREDICTION,ACTUAL,TIMESTAMP[,KEY]
//	hamba-peer write FILE CODEC OUT [RUNS]
//
// score prints version,key,day,count,mse,mae and decodes a struct of those fields alone; write takes
// the narrow file and prints what a record took, as columns_job does.
package main

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/hamba/avro/v2/ocf"
)

func need(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "hamba-peer:", err)
		os.Exit(2)
	}
}

func open(path string) *ocf.Decoder {
	file, err := os.Open(path)
	need(err)
	decoder, err := ocf.NewDecoder(bufio.NewReaderSize(file, 1<<20))
	need(err)
	return decoder
}

type event struct {
	Version    string
	Prediction float64
	Actual     *float64
	Time       time.Time
	Key        string
}

// The type of event, its members named for the fields of the file.
func typeFor(names []string) reflect.Type {
	from := reflect.TypeOf(event{})
	var members []reflect.StructField
	for i := 0; i < from.NumField(); i++ {
		member := from.Field(i)
		if i < len(names) {
			member.Tag = reflect.StructTag(`avro:"` + names[i] + `"`)
		}
		members = append(members, member)
	}
	return reflect.StructOf(members)
}

type group struct {
	version, key string
	day          int64
}

type sums struct {
	count               int64
	squares, magnitudes float64
}

func score(path, columns string) {
	decoder := open(path)
	target := reflect.New(typeFor(strings.Split(columns, ",")))
	into := target.Interface()
	record := (*event)(target.UnsafePointer()) // The same members in the same places.
	table := map[group]*sums{}
	for decoder.HasNext() {
		record.Actual = nil
		need(decoder.Decode(into))
		if record.Actual == nil {
			continue
		}
		at := group{record.Version, record.Key, record.Time.Unix() / 86400}
		found := table[at]
		if found == nil {
			found = &sums{}
			table[at] = found
		}
		residual := *record.Actual - record.Prediction
		found.count++
		found.squares += residual * residual
		found.magnitudes += math.Abs(residual)
	}
	need(decoder.Error())
	for at, found := range table {
		count := float64(found.count)
		fmt.Printf("%s,%s,%d,%d,%g,%g\n", at.version, at.key, at.day, found.count,
			found.squares/count, found.magnitudes/count)
	}
}

type narrow struct {
	PredictionID string    `avro:"prediction_id"`
	ModelVersion string    `avro:"model_version"`
	Prediction   float64   `avro:"prediction"`
	Actual       *float64  `avro:"actual"`
	SquaredError *float64  `avro:"squared_error"`
	Timestamp    time.Time `avro:"timestamp"`
	Featureset   *string   `avro:"featureset_version"`
	Region       string    `avro:"region"`
	UserType     string    `avro:"user_type"`
	Device       string    `avro:"device"`
}

func processorSeconds() float64 {
	var usage syscall.Rusage
	need(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) * 1e-9
}

func writeOnce(schema string, records []narrow, codec, path string) {
	file, err := os.Create(path)
	need(err)
	encoder, err := ocf.NewEncoder(schema, file, ocf.WithCodec(ocf.CodecName(codec)),
		ocf.WithBlockLength(800))
	need(err)
	for i := range records {
		need(encoder.Encode(&records[i]))
	}
	need(encoder.Close())
}

func write(path, codec, out string, runs int) {
	decoder := open(path)
	var records []narrow
	for decoder.HasNext() {
		var record narrow
		need(decoder.Decode(&record))
		records = append(records, record)
	}
	need(decoder.Error())
	schema := string(decoder.Metadata()["avro.schema"])
	runtime.GC()
	for i := 0; i < runs; i++ {
		wall, processor := time.Now(), processorSeconds()
		writeOnce(schema, records, codec, out)
		perRecord := 1e9 / float64(len(records))
		fmt.Printf("%.2f ns/record, wall %.2f\n", (processorSeconds()-processor)*perRecord,
			time.Since(wall).Seconds()*perRecord)
	}
}

func main() {
	runtime.GOMAXPROCS(1)
	words := os.Args[1:]
	switch {
	case len(words) == 3 && words[0] == "score":
		score(words[1], words[2])
	case len(words) >= 4 && words[0] == "write":
		runs := 1
		if len(words) > 4 {
			var err error
			runs, err = strconv.Atoi(words[4])
			need(err)
		}
		write(words[1], words[2], words[3], runs)
	default:
		fmt.Fprintln(os.Stderr, "hamba-peer score | write")
		os.Exit(2)
	}
}
