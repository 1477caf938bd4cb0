import java.io.BufferedReader;
import java.io.File;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * Writes java_CODEC.avro, and java_sized.avro whose arrays and maps come in sized blocks, from the
 * records of expected.jsonl.
 *
 * <pre>
 * LIB=$(mktemp -d)
 * mvn -q dependency:copy-dependencies -DoutputDirectory=$LIB
 * java -cp "$LIB/*" GoldenFiles.java ..
 * </pre>
 */
public class GoldenFiles {
  private static final int BLOCK_SIZE_BYTES = 4000;
  private static final int SIZED_BLOCK_BYTES = 64;
  private static final byte[] SYNC = "golden avro java".getBytes();

  /** Numbers that JSON has as strings, which Avro Java writes but does not read. */
  private static final Pattern SPECIAL =
      Pattern.compile("\"(single|wide)\":\"(-?Infinity|NaN)\"");

  /** Keeps the order of map entries, so that the files have the bytes of other languages' files. */
  private static class OrderedData extends GenericData {
    @Override
    public Object newMap(Object old, int size) {
      return new LinkedHashMap<Object, Object>();
    }
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Schema schema = new Schema.Parser().parse(folder.resolve("schema.avsc").toFile());
    List<Object> records = read(schema, folder.resolve("expected.jsonl"));
    EncoderFactory encoders = EncoderFactory.get();
    for (String codec : List.of("null", "deflate", "snappy", "zstandard")) {
      File file = folder.resolve("java_" + codec + ".avro").toFile();
      write(schema, records, file, codec, out -> encoders.binaryEncoder(out, null));
    }
    EncoderFactory sized = new EncoderFactory().configureBlockSize(SIZED_BLOCK_BYTES);
    write(schema, records, folder.resolve("java_sized.avro").toFile(), "null",
        out -> sized.blockingBinaryEncoder(out, null));
  }

  private static List<Object> read(Schema schema, Path path) throws Exception {
    GenericDatumReader<Object> reader =
        new GenericDatumReader<>(schema, schema, new OrderedData());
    List<Object> records = new ArrayList<>();
    try (BufferedReader lines = Files.newBufferedReader(path)) {
      for (String line; (line = lines.readLine()) != null; ) {
        Matcher special = SPECIAL.matcher(line);
        String readable = special.replaceAll("\"$1\":0.0");
        GenericRecord record =
            (GenericRecord) reader.read(null, DecoderFactory.get().jsonDecoder(schema, readable));
        for (special.reset(); special.find(); ) {
          setNumber(record, special.group(1), Double.parseDouble(special.group(2)));
        }
        records.add(record);
      }
    }
    return records;
  }

  private static void setNumber(GenericRecord record, String field, double value) {
    boolean isFloat = record.getSchema().getField(field).schema().getType() == Schema.Type.FLOAT;
    record.put(field, isFloat ? (Object) (float) value : (Object) value);
  }

  private static void write(Schema schema, List<Object> records, File file, String codec,
      Function<OutputStream, BinaryEncoder> encoder) throws Exception {
    try (DataFileWriter<Object> writer = new DataFileWriter<>(new GenericDatumWriter<>(schema));
        OutputStream out = Files.newOutputStream(file.toPath())) {
      writer.setCodec(CodecFactory.fromString(codec));
      writer.setSyncInterval(BLOCK_SIZE_BYTES);
      writer.setEncoder(encoder);
      writer.setMeta("made.by", "Avro Java");
      writer.create(schema, out, SYNC);
      for (Object record : records) {
        writer.append(record);
      }
    }
  }
}
