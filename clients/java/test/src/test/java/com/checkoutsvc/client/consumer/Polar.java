package com.checkoutsvc.client.consumer;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** The emulator behind the service, asked past the service. */
final class Polar {

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String url;

  Polar(String url) {
    this.url = url;
  }

  JsonElement ask(String line, JsonElement body) {
    String[] parts = line.split(" ", 2);
    var request =
        HttpRequest.newBuilder(URI.create(url + parts[1]))
            .header("Authorization", "Bearer polar_oat_emulator")
            .header("Content-Type", "application/json")
            .method(
                parts[0],
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()))
            .build();
    var response = send(request);
    if (response.statusCode() / 100 != 2) {
      throw new AssertionError(line + ": " + response.statusCode() + ": " + response.body());
    }
    return response.body().isEmpty() ? JsonNull.INSTANCE : JsonParser.parseString(response.body());
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
