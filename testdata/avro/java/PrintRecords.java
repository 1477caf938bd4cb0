import java.io.File;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.io.JsonEncoder;

/**
 * Prints the records of container files in the JSON encoding, one a line, as Avro Java reads them.
 *
 * <pre>
 * java -cp "$LIB/*" PrintRecords.java FILE...
 * </pre>
 */
public class PrintRecords {
  public static void main(String[] arguments) throws Exception {
    for (String path : arguments) {
      try (DataFileReader<Object> reader =
          new DataFileReader<>(new File(path), new GenericDatumReader<>())) {
        Schema schema = reader.getSchema();
        GenericDatumWriter<Object> writer = new GenericDatumWriter<>(schema);
        while (reader.hasNext()) {
          // An encoder for each record: it writes line ends only between records of its own.
          JsonEncoder encoder = EncoderFactory.get().jsonEncoder(schema, System.out, false);
          writer.write(reader.next(), encoder);
          encoder.flush();
          System.out.println();
        }
      }
    }
  }
}
