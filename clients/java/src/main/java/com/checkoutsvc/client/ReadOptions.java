package com.checkoutsvc.client;

/** What a call that reads can be told. */
public final class ReadOptions extends RequestOptions<ReadOptions> {

  ReadOptions() {}

  @Override
  ReadOptions self() {
    return this;
  }
}
