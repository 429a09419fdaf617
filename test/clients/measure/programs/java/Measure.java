import com.checkoutsvc.client.CheckoutsvcClient;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** Makes a client, or measures how many calls a second it makes. */
class Measure {
  public static void main(String[] arguments) throws Exception {
    try (CheckoutsvcClient client = CheckoutsvcClient.connect(System.getenv("CHECKOUTSVC_ADDRESS"))) {
      if (arguments.length < 3) {
        return;
      }
      int callers = Integer.parseInt(arguments[1]);
      double seconds = Double.parseDouble(arguments[2]);
      count(client, arguments[0], callers, 5); // the compiler's turn
      System.out.println(count(client, arguments[0], callers, seconds) / seconds);
    }
  }

  static double count(CheckoutsvcClient client, String checkout, int callers, double seconds) throws Exception {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    Callable<Long> call =
        () -> {
          long count = 0;
          for (; System.nanoTime() < end; count++) {
            client.getCheckout(checkout);
          }
          return count;
        };
    var pool = Executors.newFixedThreadPool(callers);
    try {
      double sum = 0;
      for (var count : pool.invokeAll(Stream.generate(() -> call).limit(callers).toList())) {
        sum += count.get();
      }
      return sum;
    } finally {
      pool.shutdown();
    }
  }
}
