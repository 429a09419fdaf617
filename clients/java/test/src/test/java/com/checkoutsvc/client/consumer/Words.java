package com.checkoutsvc.client.consumer;

import com.google.gson.JsonObject;
import java.util.Set;

/** Refuses words that this runner does not know, so that nothing goes unchecked. */
final class Words {

  private Words() {}

  static void known(String where, JsonObject object, Set<String> words) {
    for (String word : object.keySet()) {
      if (!words.contains(word)) {
        throw new AssertionError("unknown word in " + where + ": " + word);
      }
    }
  }
}
