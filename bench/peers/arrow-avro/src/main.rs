// The jobs of the benchmarks, done with arrow-avro:
//
//   arrow-avro-peer score FILE VERSION,PREDICTION,ACTUAL,TIMESTAMP[,KEY]
//   arrow-avro-peer read FILE [RUNS]
//   arrow-avro-peer write FILE CODEC OUT [RUNS]
//
// score prints version,key,day,count,mse,mae; the others what a record took, as columns_job does.
use arrow_array::{cast::AsArray, types::*, Array, RecordBatch};
use arrow_avro::{
    compression::CompressionCodec,
    reader::{Reader, ReaderBuilder},
    writer::{format::AvroOcfFormat, WriterBuilder},
};
use std::{fs::File, io::BufReader, time::Instant};

const BATCH_ROWS: usize = 8192;
const DAY_MS: i64 = 86_400_000;
const FIRST_DAY: i64 = 20_000;
const DAY_COUNT: usize = 1_000;

fn input(path: &str) -> BufReader<File> {
    BufReader::with_capacity(1 << 20, File::open(path).expect("the file"))
}

fn reader(path: &str) -> Reader<BufReader<File>> {
    ReaderBuilder::new().with_batch_size(BATCH_ROWS).build(input(path)).expect("a reader")
}

#[derive(Default, Clone, Copy)]
struct Sums {
    count: u64,
    squares: f64,
    magnitudes: f64,
}

// A few versions and keys over dense days: a search in line and a flat table, which is faster than
// a hash table.
#[derive(Default)]
struct Table {
    names: Vec<(String, String)>,
    days: Vec<Vec<Sums>>,
}

impl Table {
    fn group(&mut self, version: &str, key: &str) -> usize {
        if let Some(found) = self.names.iter().position(|(v, k)| v == version && k == key) {
            return found;
        }
        self.names.push((version.into(), key.into()));
        self.days.push(vec![Sums::default(); DAY_COUNT]);
        self.days.len() - 1
    }

    fn add(&mut self, group: usize, time_ms: i64, residual: f64) {
        let sums = &mut self.days[group][(time_ms / DAY_MS - FIRST_DAY) as usize];
        sums.count += 1;
        sums.squares += residual * residual;
        sums.magnitudes += residual.abs();
    }

    fn print(&self) {
        for ((version, key), days) in self.names.iter().zip(&self.days) {
            for (index, sums) in days.iter().enumerate().filter(|(_, sums)| sums.count > 0) {
                let (day, count) = (FIRST_DAY + index as i64, sums.count as f64);
                let (mse, mae) = (sums.squares / count, sums.magnitudes / count);
                println!("{version},{key},{day},{},{mse:?},{mae:?}", sums.count);
            }
        }
    }
}

fn times_ms(batch: &RecordBatch, column: usize) -> (&[i64], i64) {
    let times = batch.column(column);
    if let Some(millis) = times.as_primitive_opt::<TimestampMillisecondType>() {
        return (millis.values(), 1);
    }
    (times.as_primitive::<TimestampMicrosecondType>().values(), 1_000)
}

fn score(path: &str, columns: &str) {
    let schema = reader(path).schema();
    let wanted: Vec<usize> =
        columns.split(',').map(|name| schema.index_of(name).expect("a field")).collect();
    let has_key = wanted.len() > 4;
    let batches = ReaderBuilder::new()
        .with_batch_size(BATCH_ROWS)
        .with_projection(wanted)
        .build(input(path))
        .expect("a reader");
    let mut table = Table::default();
    for batch in batches {
        let batch = batch.expect("a batch");
        let versions = batch.column(0).as_string::<i32>();
        let predictions = batch.column(1).as_primitive::<Float64Type>();
        let actuals = batch.column(2).as_primitive::<Float64Type>();
        let (times, times_per_ms) = times_ms(&batch, 3);
        let keys = has_key.then(|| batch.column(4).as_string::<i32>());
        for row in 0..batch.num_rows() {
            if actuals.is_valid(row) {
                let key = keys.map_or("", |keys| keys.value(row));
                let group = table.group(versions.value(row), key);
                let residual = actuals.value(row) - predictions.value(row);
                table.add(group, times[row] / times_per_ms, residual);
            }
        }
    }
    table.print();
}

fn processor_seconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn measure(runs: Option<&String>, job: impl Fn() -> usize) {
    for _ in 0..runs.map_or(1, |runs| runs.parse().expect("a number of runs")) {
        let (wall, processor) = (Instant::now(), processor_seconds());
        let records = job() as f64;
        let processor = (processor_seconds() - processor) * 1e9 / records;
        println!("{processor:.2} ns/record, wall {:.2}", wall.elapsed().as_secs_f64() * 1e9 / records);
    }
}

fn codec(name: &str) -> Option<CompressionCodec> {
    match name {
        "null" => None,
        "snappy" => Some(CompressionCodec::Snappy),
        "deflate" => Some(CompressionCodec::Deflate),
        "zstandard" => Some(CompressionCodec::ZStandard),
        _ => panic!("no codec {name}"),
    }
}

fn write(batches: &[RecordBatch], codec_name: &str, out: &str) -> usize {
    let schema = batches[0].schema();
    let mut writer = WriterBuilder::new(schema.as_ref().clone())
        .with_compression(codec(codec_name))
        .build::<_, AvroOcfFormat>(File::create(out).expect("the output"))
        .expect("a writer");
    for batch in batches {
        writer.write(batch).expect("a block");
    }
    writer.finish().expect("the end");
    batches.iter().map(RecordBatch::num_rows).sum()
}

fn main() {
    let words: Vec<String> = std::env::args().collect();
    match words.get(1).map(String::as_str) {
        Some("score") => score(&words[2], &words[3]),
        Some("read") => measure(words.get(3), || {
            reader(&words[2]).map(|batch| batch.expect("a batch").num_rows()).sum()
        }),
        Some("write") => {
            let batches: Vec<_> = reader(&words[2]).map(|batch| batch.expect("a batch")).collect();
            measure(words.get(5), || write(&batches, &words[3], &words[4]));
        }
        _ => panic!("score | read | write"),
    }
}
