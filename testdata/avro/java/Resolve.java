import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * Reads data under other schemas than they were written with, as Avro Java does.
 *
 * <p>Each line of standard input is {"writer": SCHEMA, "reader": SCHEMA, "data": ["HEX", ...]}. For
 * each datum a line comes out: the value as it is encoded under the reader's schema, in
 * hexadecimal, or "!" and the error. (Java's JSON encoder is not exact: it writes the float -0.0 as
 * 0.0.)
 */
public class Resolve {
  public static void main(String[] arguments) throws Exception {
    ObjectMapper json = new ObjectMapper();
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      JsonNode task = json.readTree(line);
      for (JsonNode datum : task.get("data")) {
        out.println(resolve(task, datum.asText()).replace("\n", " "));
      }
    }
    out.flush();
  }

  private static String resolve(JsonNode task, String hex) {
    try {
      Schema writer = new Schema.Parser().parse(task.get("writer").toString());
      Schema reader = new Schema.Parser().parse(task.get("reader").toString());
      byte[] bytes = HexFormat.of().parseHex(hex);
      BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, null);
      Object value = new GenericDatumReader<>(writer, reader).read(null, decoder);
      ByteArrayOutputStream encoded = new ByteArrayOutputStream();
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(encoded, null);
      new GenericDatumWriter<>(reader).write(value, encoder);
      encoder.flush();
      return HexFormat.of().formatHex(encoded.toByteArray());
    } catch (Exception | StackOverflowError error) {
      return "!" + error;
    }
  }
}
