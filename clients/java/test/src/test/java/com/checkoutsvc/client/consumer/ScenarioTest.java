package com.checkoutsvc.client.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.checkoutsvc.client.CheckoutsvcError;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Plays the scenario that all clients play against a running service; its README has the rules. */
@EnabledIfEnvironmentVariable(named = "CHECKOUTSVC_ADDRESS", matches = ".+")
class ScenarioTest {

  private static final Set<String> STEP =
      Set.of(
          "polar",
          "body",
          "call",
          "id",
          "client_secret",
          "fields",
          "clear",
          "request_id",
          "retries",
          "accept_second_charge_risk",
          "timeout_ms",
          "take",
          "client",
          "expect",
          "save");

  private final Polar polar = new Polar(System.getenv("CHECKOUTSVC_EMULATOR"));
  private final Caller caller =
      new Caller(System.getenv("CHECKOUTSVC_ADDRESS"), System.getenv("CHECKOUTSVC_TOKEN"));
  private final String run = Long.toHexString(System.nanoTime()) + ProcessHandle.current().pid();

  @TestFactory
  Stream<DynamicTest> cases() throws IOException {
    var text = Files.readString(Path.of(System.getenv("CHECKOUTSVC_SCENARIO")));
    var scenario = JsonParser.parseString(text).getAsJsonObject();
    Words.known("file", scenario, Set.of("variables", "cases"));
    return StreamSupport.stream(scenario.getAsJsonArray("cases").spliterator(), false)
        .map(JsonElement::getAsJsonObject)
        .map(
            single ->
                DynamicTest.dynamicTest(
                    single.get("name").getAsString(),
                    () -> play(single, scenario.getAsJsonObject("variables"))));
  }

  private void play(JsonObject single, JsonObject constants) {
    Words.known("case", single, Set.of("name", "needs", "steps"));
    if (single.has("needs")) {
      assertEquals("authentication", single.get("needs").getAsString(), "an unknown need");
      Assumptions.assumeTrue(caller.hasToken(), "needs authentication");
    }
    var variables = new Variables(run, constants);
    polar.ask("POST /_emulator/reset", null);
    int number = 0;
    for (JsonElement step : single.getAsJsonArray("steps")) {
      number++;
      try {
        play(variables.expand(step).getAsJsonObject(), variables);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("step " + number + ": " + e.getMessage(), e);
      }
    }
  }

  private void play(JsonObject step, Variables variables) {
    Words.known("step", step, STEP);
    if (step.has("polar")) {
      variables.save(step, polar.ask(step.get("polar").getAsString(), step.get("body")));
      return;
    }
    var expect = step.has("expect") ? step.getAsJsonObject("expect") : new JsonObject();
    Words.known("expect", expect, Expectations.WORDS);
    CheckoutsvcError failed = null;
    try {
      if (step.get("call").getAsString().equals("list_all")) {
        listAll(step, expect);
      } else {
        var answer = caller.call(step);
        Expectations.answer(expect, answer);
        variables.save(step, Expectations.json(answer));
      }
    } catch (CheckoutsvcError e) {
      failed = e;
    }
    Expectations.error(expect.getAsJsonObject("error"), failed);
  }

  private void listAll(JsonObject step, JsonObject expect) {
    int take = step.has("take") ? step.get("take").getAsInt() : Integer.MAX_VALUE;
    var seen = new HashSet<String>();
    try {
      for (var checkout : caller.listAll(step)) {
        assertTrue(seen.add(checkout.getId()), "a checkout came twice");
        if (seen.size() == take) {
          break;
        }
      }
    } finally {
      if (expect.has("count") && expect.get("count").getAsInt() != seen.size()) {
        fail(seen.size() + " checkouts, not " + expect.get("count"));
      }
    }
  }
}
