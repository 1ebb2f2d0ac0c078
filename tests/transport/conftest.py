"""Marks the tests of the published suite with the pitfalls and options that they cover."""

import pytest

# The tests of a module of `kubex_testing.compliance._suites`.
SUITES = {
    "http2": ("options-http2",),
    "http2_fallback": ("options-http2",),
    "http_proxies": ("options-proxy",),
    "https_proxies": ("options-proxy", "pitfall-26"),
    "proxy_errors": ("pitfall-26",),
    "socks_proxies": ("pitfall-26", "options-proxy-socks"),
    "errors": ("pitfall-22",),
    "timeouts": ("pitfall-22",),
    "tls": ("pitfall-22",),
}

TESTS = {
    "test_cancelled_watches_close_their_connections": ("pitfall-27",),
    "test_requests_without_keep_alive_use_separate_connections": ("options-keep_alive",),
    "test_idle_connection_is_not_reused_after_keep_alive_timeout": ("options-keep_alive_timeout",),
    "test_idle_connection_is_reused_without_keep_alive_timeout": ("options-keep_alive_timeout",),
    "test_pool_size_limits_concurrent_requests": ("options-pool_size",),
    "test_dedicated_requests_do_not_count_for_the_pool_size": ("options-pool_size",),
    "test_pool_size_per_host_limits_connections": ("options-pool_size_per_host",),
    "test_open_streams_do_not_block_a_pool_of_one": ("options-pool_size",),
    "test_buffer_size_limits_read_ahead": ("options-buffer_size",),
    "test_unread_response_does_not_block_later_requests": ("pitfall-27",),
    "test_stream_in_a_tunnel_is_closed_when_its_block_ends": ("pitfall-27",),
    "test_stream_through_a_socks_proxy_is_closed_when_its_block_ends": ("pitfall-27",),
    "test_url_is_sent_unchanged": ("pitfall-20",),
    "test_redirects_are_not_followed": ("pitfall-24",),
    "test_nonstandard_status_is_returned": ("pitfall-12",),
    "test_leaving_an_unfinished_response_closes_the_connection": ("pitfall-27",),
    "test_leaving_an_endless_response_closes_the_connection": ("pitfall-27",),
    "test_cancelled_stream_closes_the_connection_and_propagates_cancellation": ("pitfall-27",),
    "test_read_limit_of_the_request_applies_to_each_read": ("pitfall-21",),
    "test_lines_are_split_only_at_newlines_and_may_be_binary": ("pitfall-18", "pitfall-19"),
    "test_leaving_the_block_does_not_require_a_close_frame_of_the_server": ("pitfall-27",),
    "test_cancelled_receive_closes_the_connection_and_propagates_cancellation": ("pitfall-27",),
    "test_messages_are_sent_through_an_http_proxy": ("pitfall-26",),
    "test_ping_is_sent_and_pong_is_received": ("pitfall-40",),
    "test_error_of_refused_upgrade_contains_the_response": ("pitfall-39",),
    "test_too_large_message_closes_the_websocket_before_its_end": ("options-ws_max_message_size",),
    "test_message_size_is_unlimited_with_none": ("options-ws_max_message_size",),
    "test_slow_reader_causes_backpressure_and_loses_no_message": ("pitfall-36",),
}


def pytest_itemcollected(item: pytest.Item) -> None:
    """Add the marks."""
    if not isinstance(item, pytest.Function) or "compliance" not in item.function.__module__:
        return
    module = item.function.__module__.rpartition(".")[2]
    if names := (*SUITES.get(module, ()), *TESTS.get(item.function.__name__, ())):
        item.add_marker(pytest.mark.covers(*names))
