"""The table of protections, long by its rows: what is taken away, and the test that must fail."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One protection: in `file` the one place that reads `old` becomes `new`; `test` must fail."""

    name: str
    file: str
    old: str
    new: str
    test: str  # a pytest node id


ROWS = (
    # --- events taken in ---
    Row(
        "Telegram is told of a batch only after its commit",
        "bot/channels/telegram/receive.py",
        "        offset = max(ids) + 1 if ids else self._offset\n",
        "        self._offset = offset = max(ids) + 1 if ids else self._offset\n",
        "tests/channels/test_contract.py::test_what_could_not_be_committed_comes_again[telegram]",
    ),
    Row(
        "VK is asked for what follows only after the commit",
        "bot/channels/vk/receive.py",
        "    await accept(raws, str(position))\n    return position",
        "    try:\n        await accept(raws, str(position))\n    except Exception:\n"
        "        return position\n    return position",
        "tests/channels/test_contract.py::test_what_could_not_be_committed_comes_again[vk]",
    ),
    Row(
        "a channel waits until the inbox has committed",
        "bot/delivery/inbox.py",
        "            await database.finish(keep(keys=",
        "            asyncio.ensure_future(keep(keys=",
        "tests/plays/test_trouble.py::test_a_disk_that_is_full_is_told_and_nothing_is_lost",
    ),
    Row(
        "what is taken in gets no key while older events wait for theirs",
        "bot/delivery/routes.py",
        "        if self._behind or not",
        "        if not",
        "tests/delivery/test_inbox.py::test_nothing_new_goes_before_older_events_of_its_key",
    ),
    Row(
        "nor while what a look missed waits for its own",
        "bot/delivery/routes.py",
        "        self._behind = self._more or ",
        "        self._behind = ",
        "tests/delivery/test_inbox.py"
        "::test_nothing_new_gets_its_key_after_what_a_look_missed[sqlite]",
    ),
    Row(
        "an event that no database keeps costs none of those that came with it",
        "bot/delivery/inbox.py",
        "            if not ahead.keys:\n                raise\n",
        "            raise\n",
        "tests/delivery/test_inbox.py"
        "::test_an_event_that_no_database_keeps_is_set_aside_and_the_others_go_on[sqlite-ahead]",
    ),
    Row(
        "who answers in a chat of a team that the settings no longer have is told",
        "handlers/router.py",
        "        await _elsewhere(work, event, where)\n",
        "",
        "tests/plays/test_desks_missing.py"
        "::test_who_answers_a_customer_there_is_told_that_nobody_hears_it[sqlite]",
    ),
    Row(
        "what was claimed before a process stood still is not sent by it",
        "bot/delivery/calls.py",
        "        if not self._lives():\n",
        "        if False:\n",
        "tests/plays/test_standing_still.py"
        "::test_what_was_claimed_before_it_stood_still_is_claimed_anew[postgresql]",
    ),
    Row(
        "a search writes nothing over what another process posted meanwhile",
        "bot/delivery/calls.py",
        "            return await self._send(outgoing)\n",
        "            return await self._channel.send(outgoing, self._open_file)\n",
        "tests/plays/test_standing_still.py"
        "::test_who_seeks_a_card_writes_nothing_over_what_another_posted_meanwhile[postgresql]",
    ),
    Row(
        "who lives again sends nothing under a lease that another process took",
        "bot/leading.py",
        "                self._led.pop(lease, None)\n                task.cancel()\n",
        "                task.cancel()\n",
        "tests/plays/test_standing_still.py"
        "::test_who_comes_back_posts_nothing_that_another_posted_meanwhile[postgresql]",
    ),
    Row(
        "nobody leads by a lease that was given to a number which is gone",
        "bot/leading.py",
        "        return lease if number == self._number else None",
        "        return lease",
        "tests/plays/test_standing_still.py"
        "::test_what_was_given_to_a_number_that_is_gone_is_taken_again[postgresql]",
    ),
    Row(
        "who was taken for dead lives again only under a new number",
        "bot/leading.py",
        "            if lives:\n                self._said = began\n",
        "            if True:\n                self._said = began\n",
        "tests/plays/test_standing_still.py"
        "::test_who_was_taken_for_dead_is_not_alive_again_by_saying_so[postgresql]",
    ),
    Row(
        "a message of more words than PostgreSQL's index takes is kept",
        "storage/migrations/versions/0010_index_words_of_any_text.py",
        "pg_catalog.left($1, {_LONGEST})",
        "$1",
        "tests/storage/test_search.py"
        "::test_a_text_of_more_words_than_an_index_takes_is_kept_and_found[postgresql]",
    ),
    Row(
        "what stands around a message's words is kept no longer than it is needed",
        "storage/inbox.py",
        " <= SHORT, inbox.c.body)),",
        " > 0, inbox.c.body)),",
        "tests/storage/test_inbox.py"
        "::test_of_a_long_event_only_that_it_came_is_kept_when_it_was_handled[sqlite]",
    ),
    Row(
        "of the leads behind a number only a page is looked up",
        "handlers/behind.py",
        "for one in found[first:end]))",
        "for one in found))",
        "tests/plays/test_digest.py"
        "::test_of_more_leads_than_a_statement_can_name_a_page_is_shown[postgresql]",
    ),
    Row(
        "the history of a lead takes no more than a few posts",
        "handlers/history.py",
        "    shown = _newest(lines)\n",
        "    shown = lines\n",
        "tests/plays/test_attacks.py"
        "::test_the_history_of_who_writes_much_does_not_take_the_group_for_minutes[sqlite]",
    ),
    Row(
        "what a customer wrote is read a page at a time",
        "storage/exports.py",
        ".order_by(*order).limit(_AT_ONCE)",
        ".order_by(*order)",
        "tests/plays/test_privacy.py::test_what_somebody_wrote_is_not_gathered_in_memory[sqlite]",
    ),
    Row(
        "and its file is not held in memory",
        "handlers/exports.py",
        "SpooledTemporaryFile(_IN_MEMORY)",
        "SpooledTemporaryFile()",
        "tests/plays/test_privacy.py::test_what_somebody_wrote_is_not_gathered_in_memory[sqlite]",
    ),
    Row(
        "what is more than messengers take comes in several files",
        "handlers/exports.py",
        "    count = 1 + size // LARGEST\n",
        "    count = 1\n",
        "tests/plays/test_privacy.py"
        "::test_what_no_messenger_takes_as_one_file_comes_in_several[sqlite]",
    ),
    Row(
        "a command that names another bot is not ours",
        "bot/delivery/prepare.py",
        "        return all(names) and called[1].lower() not in {name.lower() for name in names}\n",
        "        return False\n",
        "tests/plays/test_templates.py"
        "::test_a_canned_answer_that_another_bot_is_asked_for_is_not_ours[sqlite]",
    ),
    Row(
        "a picture that is shown as none goes as a document",
        "bot/channels/telegram/send.py",
        "        if not (no_photo and len(picture) == len(post.attachments) == 1):\n",
        "        if error:\n",
        "tests/channels/test_telegram_send.py"
        "::test_what_telegram_takes_for_no_picture_goes_as_a_document[IMAGE_PROCESS_FAILED]",
    ),
    Row(
        "what VK leaves out for bots is said to be there",
        "bot/channels/vk/attachments.py",
        '    if message.get("is_cropped"):',
        "    if False:",
        "tests/channels/test_vk_parse.py::test_what_vk_leaves_out_for_bots_is_said_to_be_there",
    ),
    Row(
        "the same update twice is one event",
        "storage/inbox.py",
        "            await connection.execute(insert_new(connection, inbox), rows)\n",
        "            await connection.execute(inbox.insert(), rows)\n",
        "tests/storage/test_inbox.py::test_what_comes_twice_is_kept_once_with_the_newest_cursor"
        "[sqlite]",
    ),
    Row(
        "the same message under another update's number is one message",
        "handlers/customers.py",
        "    if known is not None:  # an edit of what is not known yet",
        "    if known is not None and event.edited:  # an edit of what is not known yet",
        "tests/plays/test_fine_points.py"
        "::test_the_same_update_twice_makes_one_lead_and_one_card[sqlite]",
    ),
    Row(
        "the same reply of a manager twice is sent once",
        "handlers/conversation.py",
        "        return  # it came twice\n",
        "        pass\n",
        "tests/plays/test_fine_points.py::test_the_same_press_and_reply_twice_count_once[sqlite]",
    ),
    Row(
        "Telegram's ids that start anew lose no update",
        "bot/channels/telegram/receive.py",
        "            self._offset = None\n            self._backoff.reset()",
        "            self._backoff.reset()",
        "tests/channels/test_telegram_receive.py"
        "::test_ids_that_start_anew_after_an_idle_week_are_not_dropped",
    ),
    Row(
        "a webhook left over is removed without its updates",
        "bot/channels/telegram/receive.py",
        '"drop_pending_updates": False',
        '"drop_pending_updates": True',
        "tests/channels/test_telegram_receive.py"
        "::test_a_webhook_left_over_is_removed_and_no_update_is_lost",
    ),
    Row(
        "what VK's long poll forgot (failed 1) is sought in the conversations",
        "bot/channels/vk/receive.py",
        '            self._resume = str(answer["ts"])\n',
        "            self._server = None\n",
        "tests/channels/test_vk_receive.py"
        "::test_events_that_vk_forgot_are_found_in_the_conversations",
    ),
    Row(
        "a gap whose commit failed is filled all the same",
        "bot/channels/vk/gap.py",
        "            await accept(raws, cursor)\n",
        "            try:\n                await accept(raws, cursor)\n"
        "            except Exception:\n                pass\n",
        "tests/channels/test_vk_receive.py::test_a_gap_whose_commit_fails_is_filled_all_the_same[2]",
    ),
    Row(
        "what VK's history tells again is known by its number",
        "bot/channels/vk/raws.py",
        '_of_message(_new_message(body)) or body.get("event_id")',
        'body.get("event_id")',
        "tests/plays/test_posted.py::test_a_restart_answers_no_command_again[sqlite]",
    ),
    Row(
        "what the community said takes no new message's place, nor the other way round",
        "bot/channels/vk/raws.py",
        '    return None if isinstance(message, dict) and message.get("out") else message\n',
        "    return message\n",
        "tests/channels/test_vk_receive.py"
        "::test_what_is_no_new_message_of_a_number_takes_the_place_of_none[update2]",
    ),
    Row(
        "a gap is looked through page by page",
        "bot/channels/vk/gap.py",
        "        for offset in range(0, most, PAGE):\n",
        "        for offset in range(0, PAGE, PAGE):\n",
        "tests/channels/test_vk_receive.py"
        "::test_of_more_people_than_one_answer_tells_nobody_is_lost",
    ),
    Row(
        "who writes while a gap's conversations are listed is not passed over",
        "bot/channels/vk/gap.py",
        "        if len(items) > PAGE:  #",
        "        if False:  #",
        "tests/channels/test_vk_receive.py"
        "::test_who_moves_to_the_front_between_two_answers_is_not_passed_over",
    ),
    Row(
        "a gap that could not be looked through is told",
        "bot/channels/vk/gap.py",
        "    if gap.left:\n",
        "    if False:\n",
        "tests/plays/test_alarms.py::test_what_vk_does_not_tell_of_a_gap_is_told_once[sqlite]",
    ),
    # --- events posted ---
    Row(
        "a post is answered only after its commit",
        "bot/web/hooks.py",
        "            await keep(name, posted.raws)\n",
        "            asyncio.ensure_future(keep(name, posted.raws))\n",
        "tests/web/test_hooks.py::test_what_could_not_be_kept_is_not_answered_for[telegram]",
    ),
    Row(
        "who posts without the secret is refused",
        "bot/channels/posts.py",
        'hmac.compare_digest(given.encode(errors="surrogatepass"), secret.encode())',
        "True",
        "tests/web/test_hooks.py::test_who_does_not_know_the_secret_is_refused[wrong]",
    ),
    Row(
        "a stranger's post is refused by its head",
        "bot/web/hooks.py",
        "            hook.admit(request.headers)\n",
        "            await _body(request)\n            hook.admit(request.headers)\n",
        "tests/web/test_hooks.py::test_of_a_post_without_telegrams_secret_no_body_is_read",
    ),
    Row(
        "secrets are compared in constant time",
        "bot/channels/posts.py",
        'hmac.compare_digest(given.encode(errors="surrogatepass"), secret.encode())',
        "given == secret",
        "tests/web/test_hooks.py::test_secrets_are_compared_in_constant_time",
    ),
    Row(
        "a secret that is no ASCII is refused like any other",
        "bot/channels/posts.py",
        'given.encode(errors="surrogatepass"), secret.encode()',
        "given, secret",
        "tests/web/test_hooks.py::test_no_secret_at_all_is_refused",
    ),
    Row(
        "where no secret is set nobody is let in",
        "bot/channels/posts.py",
        "    if not (isinstance(given, str) and secret):\n",
        "    if not isinstance(given, str):\n",
        "tests/web/test_hooks.py::test_no_secret_opens_no_door",
    ),
    Row(
        "VK's secret is not kept with its events",
        "bot/channels/vk/callback.py",
        'event.pop("secret", None)',
        'event.get("secret")',
        "tests/web/test_hooks.py"
        "::test_an_event_of_vk_is_kept_without_the_secret_and_answered_ok[sqlite]",
    ),
    Row(
        "a post that is too large is not read",
        "bot/web/hooks.py",
        "    if (request.content_length or 0) > LARGEST:\n",
        "    if False:\n",
        "tests/web/test_hooks.py"
        "::test_what_announces_ten_megabytes_is_refused_before_it_is_sent[/hooks/vk]",
    ),
    Row(
        "posts leave the position of polling where it is",
        "storage/inbox.py",
        "        if cursor is not None:\n",
        "        if True:\n",
        "tests/web/test_hooks.py::test_the_position_of_polling_stays_where_it_was[sqlite]",
    ),
    Row(
        "Telegram posts one update at a time, in order",
        "bot/channels/telegram/webhook.py",
        '"max_connections": 1,',
        '"max_connections": 40,',
        "tests/plays/test_posted.py"
        "::test_telegram_is_told_where_to_post_and_is_left_so_at_the_end[sqlite]",
    ),
    Row(
        "what VK gave up posting is sought in the conversations",
        "bot/channels/vk/callback.py",
        "        elif seen and not was_well:\n",
        "        elif False:\n",
        "tests/channels/test_posting.py::test_what_vk_could_not_post_is_found_in_the_conversations",
    ),
    Row(
        "who was posted to first loses nothing when it polls",
        "bot/channels/vk/receive.py",
        "        if not position.ts and not position.seen:\n",
        "        if not position.ts:\n",
        "tests/plays/test_posted.py"
        "::test_who_begins_with_posts_loses_nothing_when_asked_for_later[sqlite]",
    ),
    # --- events handled ---
    Row(
        "one event of a key at a time",
        "storage/inbox.py",
        '        inbox.c.key.not_in(sa.bindparam("busy", expanding=True)),\n',
        "",
        "tests/storage/test_inbox.py::test_busy_keys_are_passed_over[sqlite]",
    ),
    Row(
        "events of a key start in order",
        "storage/inbox.py",
        "            inbox.c.id.in_(first),\n",
        "",
        "tests/storage/test_inbox.py::test_only_the_first_of_each_key_may_start[sqlite]",
    ),
    Row(
        "a reply to what is not yet handled waits for it",
        "handlers/keys.py",
        "key = self._lately.get((where, event.reply_to), key)",
        "pass",
        "tests/handlers/test_keys.py::test_a_reply_to_what_is_not_yet_handled_comes_after_it[sqlite]",
    ),
    Row(
        "who decided on an old version of a lead decides anew",
        "storage/session.py",
        "        if expected[row] != version:",
        "        if False:",
        "tests/storage/test_session.py::test_of_twenty_who_take_at_once_one_wins[sqlite]",
    ),
    Row(
        "two events of one batch never change one lead",
        "storage/session.py",
        "        if twice := expected.keys() & session.versions.keys():",
        "        if twice := set[int]():",
        "tests/storage/test_session.py::test_two_events_of_one_batch_cannot_change_one_lead[sqlite]",
    ),
    Row(
        "what somebody writes while they are merged with another is decided anew",
        "handlers/customers.py",
        "        accounts.expect_person(work.session, account)",
        "        pass",
        "tests/plays/test_at_once.py"
        "::test_words_of_the_loser_during_the_merge_are_where_they_belong[sqlite]",
    ),
    Row(
        "who writes while they are banned by another account makes no lead",
        "handlers/bans.py",
        "    accounts.change_person(work.session, account)",
        "    accounts.expect_person(work.session, account)",
        "tests/handlers/test_two_clocks.py"
        "::test_a_ban_while_they_write_from_elsewhere_leaves_no_open_lead[sqlite-ban]",
    ),
    Row(
        "nor did they make one that the ban knows nothing of",
        "handlers/customers.py",
        "    accounts.change_person(work.session, account)  # or",
        "    accounts.expect_person(work.session, account)  # or",
        "tests/handlers/test_two_clocks.py"
        "::test_a_ban_while_they_write_from_elsewhere_leaves_no_open_lead[sqlite-message]",
    ),
    Row(
        "of two merges of the same persons at once one is made",
        "storage/people.py",
        "        session.expect(persons, one.id, one.version)",
        "        pass",
        "tests/plays/test_at_once.py"
        "::test_of_two_merges_at_once_one_is_made_where_no_lead_is_open_either[sqlite]",
    ),
    Row(
        "only the last of several merges is undone",
        "handlers/merging.py",
        "undo.id != number:",
        "number not in {one.id for one in made}:",
        "tests/plays/test_merging.py::test_a_merge_of_a_merge_is_undone_newest_first[sqlite]",
    ),
    Row(
        "who was said to be another is not proposed again",
        "handlers/recognition.py",
        "        why.pop(stranger, None)",
        "        pass",
        "tests/plays/test_merging.py"
        "::test_who_was_said_to_be_another_is_not_proposed_again[sqlite]",
    ),
    Row(
        "a person has one open lead",
        "storage/migrations/versions/0001_make_the_first_schema.py",
        "'uq_leads_open', ['person', 'desk'], unique=True",
        "'uq_leads_open', ['person', 'desk'], unique=False",
        "tests/storage/test_leads.py::test_of_leads_made_at_once_for_one_person_one_stays[sqlite]",
    ),
    Row(
        "a lead has one open assignment",
        "storage/migrations/versions/0001_make_the_first_schema.py",
        "'uq_assignments_open', ['lead'], unique=True",
        "'uq_assignments_open', ['lead'], unique=False",
        "tests/storage/test_migrate.py::test_the_steps_make_exactly_the_schema[sqlite]",
    ),
    Row(
        "one deadline of a kind runs for a lead",
        "storage/migrations/versions/0001_make_the_first_schema.py",
        "'uq_deadlines_open', ['lead', 'kind'], unique=True",
        "'uq_deadlines_open', ['lead', 'kind'], unique=False",
        "tests/storage/test_time.py::test_one_deadline_of_a_kind_runs_at_a_time[sqlite]",
    ),
    Row(
        "an event that cannot be understood stops nobody",
        "bot/delivery/routes.py",
        '            return None, f"malformed: {describe(error)}"',
        "            raise",
        "tests/plays/test_fine_points.py"
        "::test_a_malformed_update_among_good_ones_is_set_aside[sqlite]",
    ),
    Row(
        "an event without a key stops nobody",
        "bot/delivery/routes.py",
        "        except Exception as error:  # one event without a key must not stop the others\n",
        "        except MemoryError as error:\n",
        "tests/delivery/test_inbox.py"
        "::test_an_event_without_a_key_is_set_aside_and_the_others_go_on[sqlite-behind]",
    ),
    Row(
        "an event whose failure cannot be written down holds up nobody for good",
        "bot/delivery/inbox.py",
        "        except Exception as refusal:  # by the next look",
        "        except MemoryError as refusal:  # by the next look",
        "tests/delivery/test_inbox.py"
        "::test_an_event_whose_failure_cannot_be_written_down_is_begun_again[sqlite]",
    ),
    Row(
        "a batch refused as a whole is repeated one by one",
        "bot/delivery/batches.py",
        "        if len(jobs) > 1:\n",
        "        if False:\n",
        "tests/delivery/test_inbox.py"
        "::test_what_the_database_refuses_of_one_event_costs_its_neighbours_nothing[sqlite-behind]",
    ),
    Row(
        "a handler that fails once is tried again",
        "bot/delivery/setbacks.py",
        "        if attempt >= (PATIENT if _passing(error) else ATTEMPTS):\n",
        "        if True:\n",
        "tests/plays/test_fine_points.py::test_a_handler_that_fails_once_loses_nothing[sqlite]",
    ),
    Row(
        "a handler that always fails is set aside in the end",
        "bot/delivery/setbacks.py",
        "ATTEMPTS = 8 ",
        "ATTEMPTS = 30 ",
        "tests/plays/test_fine_points.py"
        "::test_a_handler_that_fails_is_tried_again_then_set_aside_with_an_alarm[sqlite]",
    ),
    Row(
        "a failed event waits longer before each further attempt",
        "bot/delivery/setbacks.py",
        "delay(attempt, base=1, cap=60, jitter=1)",
        "0.0",
        "tests/delivery/test_inbox.py"
        "::test_a_failing_event_waits_longer_before_each_further_attempt[sqlite]",
    ),
    Row(
        "an event that waits for a messenger is not set aside soon",
        "bot/delivery/setbacks.py",
        "PATIENT = 500 ",
        "PATIENT = 8 ",
        "tests/faults/test_outage.py"
        "::test_a_manager_nobody_can_be_asked_of_for_ten_minutes_is_heard_in_the_end",
    ),
    Row(
        "an event that waits for a call waits as long as the call does",
        "bot/delivery/setbacks.py",
        "isinstance(error, TooEarly) and ",
        "False and ",
        "tests/plays/test_waiting.py"
        "::test_a_reply_to_a_post_in_doubt_waits_longer_than_any_attempts[sqlite]",
    ),
    Row(
        "nor do its waits count as attempts",
        "storage/inbox.py",
        "inbox.c.attempts + int(counts)",
        "inbox.c.attempts + 1",
        "tests/delivery/test_inbox.py"
        "::test_an_event_that_waits_for_a_call_fails_in_nothing_by_waiting[sqlite]",
    ),
    Row(
        "supervisors hear of a storm of failures twice, not each time",
        "storage/dead.py",
        "min(datetime.fromisoformat(last), now) + BETWEEN if last else now",
        "now",
        "tests/plays/test_set_aside.py::test_a_storm_of_failures_is_two_notices[sqlite]",
    ),
    Row(
        "an alarm that fails raises no other",
        "storage/dead.py",
        "    if reason in _EXPECTED or is_alarm(call):",
        "    if reason in _EXPECTED:",
        "tests/plays/test_set_aside.py::test_an_alarm_that_fails_raises_no_other[sqlite]",
    ),
    Row(
        "a trouble that is seen once more is no other one",
        "handlers/alarms.py",
        "    elif not event.over and known is None:",
        "    elif not event.over:",
        "tests/plays/test_alarms.py"
        "::test_what_is_seen_of_a_trouble_once_more_changes_nothing[sqlite]",
    ),
    Row(
        "a step of a deadline is taken in once",
        "storage/sweeps.py",
        'f"deadline:{one.id}:{one.step}:{one.next_at}": DeadlineDue',
        'f"deadline:{one.id}:{one.step}:{now}": DeadlineDue',
        "tests/storage/test_time.py::test_a_step_is_taken_in_once_however_often_we_look[sqlite]",
    ),
    Row(
        "a step is reminded of though the clock that found it due was ahead",
        "handlers/step_reminders.py",
        "    now = max(work.now, event.at)",
        "    now = work.now",
        "tests/handlers/test_two_clocks.py"
        "::test_a_step_found_due_by_a_clock_that_is_ahead_is_reminded_of_once[sqlite-hour]",
    ),
    Row(
        "the end of a pause waits for what another process is keeping",
        "handlers/keys.py",
        " | PauseOver(again=True):",
        ":",
        "tests/handlers/test_two_clocks.py"
        "::test_what_another_process_is_keeping_as_a_pause_ends_is_shown_with_the_rest[sqlite]",
    ),
    Row(
        "what is kept in a pause is within it by whosever clock",
        "handlers/slowing.py",
        "max(work.now, until - MINUTE)",
        "work.now",
        "tests/handlers/test_two_clocks.py::test_a_flood_by_two_clocks_is_shown_whole[sqlite]",
    ),
    Row(
        "nothing is kept in a pause that was shown",
        "handlers/slowing.py",
        "        accounts.change(work.session, account, slowed_until=began)\n",
        "        pass\n",
        "tests/handlers/test_two_clocks.py"
        "::test_what_was_shown_of_a_pause_ends_it_by_every_clock[sqlite]",
    ),
    Row(
        "a digest is decided once",
        "storage/sweeps.py",
        "    if last and due_at <= last <= now:\n        return False\n"
        "    async with database.write() as connection:\n"
        "        last = await _reached(connection, mark)\n"
        "        if last and due_at <= last <= now:\n            return False\n",
        "    async with database.write() as connection:\n",
        "tests/storage/test_time.py::test_a_digest_is_taken_in_once_for_each_recipient[sqlite]",
    ),
    Row(
        "a clock that was ahead once keeps no digest back",
        "storage/sweeps.py",
        "    if last and due_at <= last <= now:\n        return False\n"
        "    async with database.write() as connection:\n"
        "        last = await _reached(connection, mark)\n"
        "        if last and due_at <= last <= now:\n",
        "    if last and due_at <= last:\n        return False\n"
        "    async with database.write() as connection:\n"
        "        last = await _reached(connection, mark)\n"
        "        if last and due_at <= last:\n",
        "tests/storage/test_time.py"
        "::test_a_clock_that_was_ahead_once_keeps_no_digest_back[sqlite-daily]",
    ),
    # --- who may do what ---
    Row(
        "a stranger's press does nothing",
        "handlers/presses.py",
        "    if role < Role.MANAGER or _elsewhere",
        "    if _elsewhere",
        "tests/plays/test_roles.py::test_a_stranger_presses_in_vain[sqlite]",
    ),
    Row(
        "a press in a foreign chat does nothing",
        "handlers/presses.py",
        " < Role.MANAGER or _elsewhere(work, event):",
        " < Role.MANAGER:",
        "tests/plays/test_roles.py::test_data_pressed_in_another_chat_does_nothing[sqlite]",
    ),
    Row(
        "a manager acts on free leads and their own only",
        "bot/domain/lead.py",
        "    if lead.holder not in (None, actor.staff) and actor.role < anybodys:\n",
        "    if False:\n",
        "tests/plays/test_roles.py::test_a_manager_acts_on_nobody_elses_lead[sqlite]",
    ),
    Row(
        "who left the team's chat is a stranger at once",
        "handlers/work.py",
        "        if member is None or not member.present:\n",
        "        if member is None:\n",
        "tests/plays/test_roles.py::test_a_manager_who_left_is_a_stranger_at_once[sqlite]",
    ),
    Row(
        "the end of what another process saw begin is looked for",
        "bot/delivery/prepare.py",
        "            await self._restore()\n",
        "",
        "tests/plays/test_open_groups.py"
        "::test_what_another_process_saw_begin_is_seen_to_be_over[sqlite]",
    ),
    Row(
        "who left unheard is a stranger after a moment",
        "bot/delivery/prepare.py",
        "FRESH = timedelta(seconds=10)",
        "FRESH = timedelta(days=10)",
        "tests/plays/test_roles.py"
        "::test_a_manager_who_left_unheard_is_a_stranger_after_a_moment[sqlite]",
    ),
    Row(
        "who acts in an open group is no member by that",
        "bot/delivery/prepare.py",
        "        if await self._is_open(team):\n",
        "        if False:\n",
        "tests/plays/test_open_groups.py"
        "::test_who_never_joined_an_open_group_is_a_stranger_though_nobody_tells[sqlite-public]",
    ),
    Row(
        "a manager of whom nobody tells any more is told so and makes no lead",
        "bot/delivery/prepare.py",
        "Member(False, untold=True) if known and known.present else None",
        "None",
        "tests/plays/test_open_groups.py"
        "::test_a_manager_whose_standing_cannot_be_asked_for_is_told_so_and_no_customer[sqlite]",
    ),
    Row(
        "a standing that nobody tells of any more is forgotten",
        "bot/delivery/prepare.py",
        "REMEMBERED = timedelta(days=3)",
        "REMEMBERED = timedelta(days=3000)",
        "tests/plays/test_open_groups.py"
        "::test_a_standing_that_cannot_be_asked_for_does_not_last_for_ever[sqlite]",
    ),
    Row(
        "who left changes nothing that was sent",
        "handlers/rewriting.py",
        "    if work.role(person_address(event.channel, event.author.id)) < Role.MANAGER:\n",
        "    if False:\n",
        "tests/plays/test_rewriting.py"
        "::test_what_is_changed_by_who_left_changes_nothing[sqlite-members are told of]",
    ),
    Row(
        "what was missed is told at the desk that misses it",
        "bot/desks.py",
        '("unreached", "gap")',
        '("unreached",)',
        "tests/plays/test_desks_alarms.py"
        "::test_what_was_missed_is_told_at_the_desk_that_misses_it[sqlite]",
    ),
    Row(
        "nobody of a group that moved is a stranger until that is known everywhere",
        "bot/delivery/prepare.py",
        " or error.failure is Failure.MOVED:  #",
        ":  #",
        "tests/delivery/test_prepare.py"
        "::test_of_a_group_that_moved_is_asked_again_where_it_is_now[sqlite]",
    ),
    Row(
        "who changes a message is as known as they were when they wrote it",
        "bot/delivery/prepare.py",
        "known and (edited or ",
        "known and (",
        "tests/plays/test_open_groups.py"
        "::test_a_manager_whose_standing_cannot_be_asked_for_is_told_so_and_no_customer[sqlite]",
    ),
    Row(
        "a departure written down since the question wins",
        "handlers/router.py",
        "    if await staff.has_left(work.session, work.policy.chat, author):\n",
        "    if False:\n",
        "tests/plays/test_slips.py::test_a_departure_written_down_in_the_meantime_wins[sqlite]",
    ),
    Row(
        "a manager is never taken for a customer while nobody can be asked",
        "bot/delivery/prepare.py",
        "            raise error  # a manager must not be taken",
        "            return None  #",
        "tests/faults/test_faults.py::test_people_see_what_the_table_says"
        "[getChatMember - 502 in HTML]",
    ),
    Row(
        "staff who write in private never become leads",
        "handlers/router.py",
        "    if work.role(author) >= Role.MANAGER:\n",
        "    if False:\n",
        "tests/plays/test_roles.py"
        "::test_staff_in_private_use_commands_and_never_become_leads[sqlite]",
    ),
    Row(
        "forged data of a button are refused",
        "handlers/wire.py",
        "    if not (digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS):\n"
        "        return None\n",
        "",
        "tests/plays/test_roles.py::test_forged_and_outdated_data_get_a_polite_answer[sqlite]",
    ),
    Row(
        "a forged lack of a reason does not close a lead",
        "handlers/managers.py",
        ' "none" and not work.policy.of(act.lead.channel).reject_reason_required:',
        ' "none":',
        "tests/plays/test_card_life.py::test_a_required_reason_cannot_be_forged_away[sqlite]",
    ),
    Row(
        "a foreign group's words make no lead",
        "handlers/router.py",
        "    elif work.policy.is_team(where):\n",
        "    elif where:\n",
        "tests/plays/test_fine_points.py::test_a_foreign_groups_words_make_no_lead[sqlite]",
    ),
    Row(
        "a note to colleagues never reaches the customer",
        "handlers/relay.py",
        "if not is_note(line)).strip()",
        ").strip()",
        "tests/plays/test_commands.py::test_notes_stay_inside[sqlite]",
    ),
    Row(
        "whoever answers a colleague's lead is asked whether the customer is to get it",
        "handlers/held.py",
        "    if lead.state is not State.TAKEN or lead.responsible in (None, act.who.id):\n",
        "    if True:\n",
        "tests/plays/test_asked_once.py::test_only_its_author_decides[sqlite]",
    ),
    Row(
        "only its author sends what was held",
        "handlers/confirming.py",
        "    if asked.staff != act.who.id:\n",
        "    if False:\n",
        "tests/plays/test_asked_once.py::test_only_its_author_decides[sqlite]",
    ),
    Row(
        "an edit waits for what is just being sent",
        "handlers/replies.py",
        "    if found.busy:\n",
        "    if False:\n",
        "tests/plays/test_rewriting.py::test_an_edit_waits_for_what_is_just_being_sent[sqlite]",
    ),
    Row(
        "a reply in doubt is taken back without waiting for its end",
        "storage/copies.py",
        'or row.state == "queued")\n',
        'or (row.state == "queued" and row.claimed_at is None))\n',
        "tests/plays/test_waiting.py"
        "::test_a_reply_in_doubt_that_is_taken_back_is_sent_no_more[sqlite-lost before]",
    ),
    Row(
        "what came into doubt meanwhile is not said to be taken back in time",
        "storage/copies.py",
        "    known = claimed.is_not(None) if call.doubted else claimed.is_(None)\n",
        "    known = sa.true()\n",
        "tests/storage/test_copies.py"
        "::test_what_came_into_doubt_meanwhile_is_not_dropped_as_certainly_unsent[sqlite]",
    ),
    Row(
        "what was changed while in doubt is changed where it stands",
        "handlers/deliveries.py",
        "            if delivery.claimed_at is not None:\n",
        "            if False:\n",
        "tests/plays/test_waiting.py"
        "::test_a_reply_in_doubt_that_is_changed_is_there_once_in_the_new_words[sqlite-lost after]",
    ),
    Row(
        "a colleague's album without words takes the lead that another was offered",
        "handlers/managers.py",
        "    decide(replace(act.lead, offer=None), ",
        "    decide(act.lead, ",
        "tests/plays/test_distribution.py"
        "::test_who_answers_with_an_album_without_words_has_it_whoever_was_asked[sqlite]",
    ),
    Row(
        "an edit that comes late does not undo a later one",
        "handlers/rewriting.py",
        "event.at < known.edited_at",
        "False",
        "tests/plays/test_rewriting.py"
        "::test_the_same_edit_twice_and_an_earlier_one_late_change_nothing[sqlite]",
    ),
    Row(
        "what was claimed for sending is not changed behind its back",
        "storage/session.py",
        "            if not (await connection.execute(claim)).rowcount:\n",
        "            if False:\n",
        "tests/storage/test_copies.py"
        "::test_what_is_being_sent_is_neither_changed_nor_dropped[sqlite]",
    ),
    Row(
        "what was dropped before it was claimed is not sent",
        "storage/outbox.py",
        ', outbox.c.state == "queued")\n        .values(',
        ")\n        .values(",
        "tests/storage/test_copies.py"
        "::test_a_claim_takes_the_words_of_now_and_nothing_that_was_dropped[sqlite]",
    ),
    Row(
        "only its author or who gives out leads takes a reply back",
        "handlers/retracting.py",
        "command.role < Role.DISPATCHER",
        "False",
        "tests/plays/test_retracting.py"
        "::test_its_author_may_and_who_gives_out_leads_but_no_other_colleague[sqlite]",
    ),
    Row(
        "a command under a card never reaches the customer",
        "handlers/router.py",
        "    elif place is not None and commands.looks_like_one(event.text):\n",
        "    elif False:\n",
        "tests/plays/test_slips.py::test_a_command_under_a_card_never_reaches_the_customer[sqlite]",
    ),
    # --- calls made ---
    Row(
        "calls of a key go one at a time, in order",
        "storage/outbox.py",
        "        outbox.c.id == _FIRST_OF_ITS_KEY,\n",
        "",
        "tests/storage/test_outbox.py::test_one_call_of_each_key_goes_at_a_time_in_order[sqlite]",
    ),
    Row(
        "what goes under a card waits for it",
        "storage/outbox.py",
        "        sa.or_(sa.not_(outbox.c.under_card), cards.c.message_id.is_not(None)),\n",
        "",
        "tests/storage/test_outbox.py::test_what_goes_under_a_card_waits_for_it_and_knows_it"
        "[sqlite]",
    ),
    Row(
        "a call that is being made is not made twice",
        "storage/outbox.py",
        '        outbox.c.state == "queued",\n        sa.or_(outbox.c.not_before',
        "        sa.or_(outbox.c.not_before",
        "tests/storage/test_outbox.py::test_one_call_of_each_key_goes_at_a_time_in_order[sqlite]",
    ),
    Row(
        "a card that is being shown is not shown twice",
        "storage/cards.py",
        '            cards.c.state == "queued",\n',
        "",
        "tests/storage/test_cards.py::test_a_change_while_it_is_shown_never_frees_the_claim[sqlite]",
    ),
    Row(
        "a change never frees a card that is being shown",
        "storage/cards.py",
        '    state = sa.case((cards.c.state == "failed", "queued"), else_=cards.c.state)\n',
        '    state = "queued"\n',
        "tests/storage/test_cards.py::test_a_change_while_it_is_shown_never_frees_the_claim"
        "[sqlite]",
    ),
    Row(
        "many changes of a card are shown by one call",
        "storage/cards.py",
        '            shown=sa.bindparam("b_shown"),\n',
        "            shown=cards.c.shown + 1,\n",
        "tests/storage/test_cards.py::test_sixty_changes_are_shown_as_one[sqlite]",
    ),
    Row(
        "what was claimed by a commit whose answer was lost is made all the same",
        "bot/delivery/outbox.py",
        "            self._unheard = [item for item, _ in chosen]\n",
        "",
        "tests/plays/test_unheard_commits.py::test_a_new_card_is_shown_once[sqlite]",
    ),
    Row(
        "and a stop right after it leaves nobody in doubt",
        "bot/delivery/outbox.py",
        "            task.cancel()\n        await self._unclaim()\n",
        "            task.cancel()\n",
        "tests/plays/test_unheard_commits.py"
        "::test_a_stop_right_after_it_leaves_nobody_in_doubt[sqlite]",
    ),
    Row(
        "a doubt that an erasure ended holds up no new lead",
        "bot/delivery/outbox.py",
        "                self._in_doubt = await doubts.in_chats(connection, name)\n",
        "                pass\n",
        "tests/plays/test_erasing_races.py::test_a_doubt_that_it_ends_holds_up_no_new_lead[sqlite]",
    ),
    Row(
        "a list that waits while somebody is erased never shows them",
        "handlers/erasing.py",
        "    await _end_lists(work, number, tree)\n",
        "",
        "tests/plays/test_erasing_lists.py"
        "::test_a_list_that_waits_never_shows_who_was_erased[sqlite]",
    ),
    Row(
        "nor does one that was just being put together",
        "handlers/erasing.py",
        "        await _end_lists(work, done.id, tree)  # those that were just being put"
        " together\n",
        "",
        "tests/handlers/test_at_one_moment.py"
        "::test_a_list_put_together_while_somebody_in_it_is_erased_is_forgotten[sqlite-queued]",
    ),
    Row(
        "a summary of others' overdue leads that waits outlives it",
        "storage/outdated.py",
        "if any(map(marks.on, parts))]",
        "if parts]",
        "tests/plays/test_erasing_lists.py"
        "::test_a_summary_of_others_overdue_leads_that_waits_arrives[sqlite]",
    ),
    Row(
        "a list that waits ends by a name alone as well",
        "storage/outdated.py",
        "(self.words and self.words.search(text))",
        "False",
        "tests/handlers/test_at_one_moment.py"
        "::test_a_list_that_waits_ends_if_it_can_show_who_is_erased[sqlite-Call ANNA, she"
        " waits-True]",
    ),
    Row(
        "a list of several parts ends as a whole",
        "storage/outdated.py",
        "(row.channel, row.chat, row.turn_at)",
        "(row.channel, str(row.id), row.turn_at)",
        "tests/handlers/test_at_one_moment.py"
        "::test_no_part_of_a_list_that_shows_who_is_erased_is_left[sqlite]",
    ),
    Row(
        "no event is known by the id of who was erased",
        "storage/forgetting.py",
        "        unnamed_events(where),\n",
        "",
        "tests/plays/test_erasing_races.py"
        "::test_the_id_of_who_was_erased_is_nowhere_in_events_of_vk[sqlite]",
    ),
    Row(
        "nor is one that came since",
        "storage/erasure.py",
        "    session.execute(unnamed_events(await _gone(session)))\n",
        "",
        "tests/plays/test_erasing_races.py"
        "::test_the_id_of_who_was_erased_is_nowhere_in_events_of_vk[sqlite]",
    ),
    Row(
        "but what those say who came back stays known",
        "storage/erasure.py",
        " if await accounts.at(session, one) is None]\n",
        "]\n",
        "tests/plays/test_erasing_races.py"
        "::test_history_brings_an_erased_answer_to_nobody_who_came_back[sqlite]",
    ),
    Row(
        "nobody who came back is told an admin's answer of before their erasure",
        "handlers/answers.py",
        "    if account is None or not await erasing.is_news(work, event):\n",
        "    if account is None:\n",
        "tests/plays/test_erasing_races.py"
        "::test_history_brings_an_erased_answer_to_nobody_who_came_back[sqlite]",
    ),
    Row(
        "what history tells of who was erased is forgotten each time",
        "handlers/erasing.py",
        "{event.message_id}:{work.now.isoformat()}",
        "{event.message_id}:{event.at.isoformat()}",
        "tests/plays/test_erasing_races.py"
        "::test_history_brings_back_nothing_of_who_was_erased[sqlite]",
    ),
    Row(
        "who was erased is remembered as long as history may tell of before",
        "storage/erased.py",
        "    oldest = min([now.timestamp(), *(one for one in seen if one is not None)])\n",
        "    oldest = now.timestamp()\n",
        "tests/plays/test_erasing_races.py"
        "::test_nor_does_it_after_days_in_which_vk_told_nothing[sqlite]",
    ),
    Row(
        "and that is no longer than VK answers",
        "bot/channels/vk/receive.py",
        "position.seen, self._told_at - OVERLAP, *map",
        "position.seen, *map",
        "tests/channels/test_vk_receive.py"
        "::test_a_gap_is_looked_for_from_the_last_answer_not_from_the_last_message",
    ),
    Row(
        "an erasure locks a lead before what hangs on it, as whoever takes the lead does",
        "storage/forgetting.py",
        "        # First, as whoever takes a lead locks it first: what they began is seen, or never"
        " begins.\n        leads.update()\n",
        '        steps.update().where(steps.c.lead.in_(theirs)).values(words=""),\n'
        "        leads.update()\n",
        "tests/handlers/test_at_one_moment.py"
        "::test_who_takes_a_lead_amid_an_erasure_neither_stops_it_nor_has_it",
    ),
    Row(
        "who is given a lead in the moment in which they leave does not keep it",
        "handlers/chats.py",
        "        _look_later(work, event, who)\n",
        "",
        "tests/handlers/test_at_one_moment.py"
        "::test_a_lead_given_to_who_is_just_leaving_returns_to_the_queue[sqlite-True]",
    ),
    Row(
        "but who is back by then does",
        "handlers/chats.py",
        "        if await staff.has_left(work.session, where, who):\n",
        "        if True:\n",
        "tests/handlers/test_at_one_moment.py"
        "::test_who_is_back_by_then_keeps_what_they_were_given[sqlite]",
    ),
    Row(
        "who leaves waits for no later look at others",
        "handlers/keys.py",
        "        case MemberChanged(again=True):\n",
        "        case MemberChanged(again=True) if False:\n",
        "tests/handlers/test_keys.py::test_who_leaves_waits_for_no_later_look_at_others[sqlite]",
    ),
    Row(
        "what a dead process was sending is taken up again",
        "bot/delivery/outbox.py",
        "        await record.recover(self._database, self._channel, now)\n",
        "",
        "tests/plays/test_rapid_texts.py"
        "::test_a_death_before_a_joined_post_is_written_down_loses_and_doubles_nothing[sqlite-True]",
    ),
    Row(
        "a customer's copy of unknown fate is not repeated",
        "bot/delivery/outcomes.py",
        "    if delivery.priority is Priority.REPLY:\n",
        "    if False:\n",
        "tests/faults/test_repeat.py::test_a_reply_in_doubt_is_never_repeated_unasked[drop_after-1]",
    ),
    Row(
        "its manager is offered to send it again",
        "handlers/deliveries.py",
        "    keyboard = replies.repeating(work, message, event.delivery) if helps else ()\n",
        "    keyboard = ()\n",
        "tests/faults/test_repeat.py::test_a_reply_in_doubt_is_never_repeated_unasked"
        "[drop_before-0]",
    ),
    Row(
        "of two who send it again one does",
        "storage/outbox.py",
        '        session.claim(outbox.update().where(*known).values(state="repeated"))\n',
        "",
        "tests/faults/test_repeat.py::test_two_managers_press_send_again_and_it_is_sent_once",
    ),
    Row(
        "what did not reach who is out of reach is kept to be sent once they are back",
        "handlers/conversation.py",
        "    if account.reach not in (Reach.BLOCKED, Reach.DENIED):\n",
        "    if True:\n",
        "tests/plays/test_undelivered.py"
        "::test_a_reply_to_who_is_out_of_reach_is_sent_once_they_are_back[sqlite-telegram]",
    ),
    Row(
        "what was taken back in part is not sent again",
        "handlers/deliveries.py",
        " or message.withdrawn_at is not None:\n        return None\n",
        ":\n        return None\n",
        "tests/plays/test_undelivered.py"
        "::test_the_rest_of_what_was_taken_back_is_not_sent_again[sqlite-telegram]",
    ),
    Row(
        "what expired is kept to be sent again when others are erased",
        "storage/forgetting.py",
        "        emptied_calls(outbox.c.state.in_(MADE), ~copies.undelivered()),\n",
        "        emptied_calls(outbox.c.state.in_(MADE)),\n",
        "tests/storage/test_forgetting.py"
        "::test_what_expired_may_be_sent_again_after_another_customer_is_erased[sqlite]",
    ),
    Row(
        "a repeat at VK has the same random_id",
        "bot/delivery/record.py",
        "        random_id=delivery.random_id,\n",
        "",
        "tests/faults/test_faults.py::test_people_see_what_the_table_says"
        "[messages.send, reply - dropped after]",
    ),
    Row(
        "a repeat at VK ends when VK forgets the random_id",
        "bot/delivery/outcomes.py",
        "    if repeatable and now - claimed < timedelta(seconds=repeatable):\n",
        "    if repeatable:\n",
        "tests/faults/test_repeat.py"
        "::test_a_vk_reply_whose_answers_are_lost_for_an_hour_ends_in_doubt",
    ),
    Row(
        "each part of a long post has a random_id of its own",
        "bot/channels/vk/fit.py",
        "    if not (random_id and number):\n",
        "    if True:\n",
        "tests/channels/test_vk_text.py"
        "::test_every_part_has_its_own_random_id_and_the_same_one_at_a_repeat",
    ),
    Row(
        "a card whose answer was lost is sought before it is posted anew",
        "bot/delivery/record.py",
        "        and (error.failure is Failure.AMBIGUOUS or card.posted_above is not None)\n",
        "        and False\n",
        "tests/crash/test_adopt.py::test_card_whose_answer_was_lost_is_not_posted_twice",
    ),
    Row(
        "words whose answer was lost are sought before they are posted anew",
        "bot/delivery/outcomes.py",
        "retry_at, unsure=True, doubted=seekable)",
        "retry_at, unsure=True)",
        "tests/crash/test_adopt.py"
        "::test_words_under_a_card_whose_answer_was_lost_are_not_shown_twice",
    ),
    Row(
        "a card that was never posted is posted",
        "bot/delivery/showing.py",
        "message_id=found or None",
        'message_id=found or "1"',
        "tests/crash/test_adopt.py::test_search_for_a_card_leaves_all_other_messages_alone",
    ),
    Row(
        "words that were never posted are posted",
        "bot/delivery/calls.py",
        "        return await self._send_in_turn(item, outgoing)",
        "        return Sent()",
        "tests/crash/test_adopt.py::test_words_that_were_never_posted_are_posted",
    ),
    Row(
        "a card in doubt is sought before it gets its topic",
        "bot/delivery/showing.py",
        "_STEPS = (_find, _lead_on, _open,",
        "_STEPS = (_lead_on, _open, _find,",
        "tests/plays/test_topics.py"
        "::test_a_card_taken_before_it_is_found_is_found_before_it_gets_its_topic[sqlite]",
    ),
    Row(
        "a card in doubt in a list is sought",
        "storage/cards.py",
        "                cards.c.posted_above.is_not(None),\n            ),\n",
        "            ),\n",
        "tests/plays/test_storm.py"
        "::test_a_card_whose_post_out_of_its_list_was_not_answered_is_found[sqlite]",
    ),
    Row(
        "a card that nobody knows leads to the one that is known",
        "handlers/presses.py",
        "    await doubles.lead_on(work, event, lead)\n",
        "",
        "tests/plays/test_doubles.py"
        "::test_a_card_that_nobody_knows_leads_to_the_other_once_it_is_pressed[sqlite]",
    ),
    Row(
        "a forged press makes no signpost",
        "handlers/doubles.py",
        "not event.shown or ",
        "",
        "tests/plays/test_doubles.py::test_a_forged_press_leaves_the_message_as_it_was[sqlite]",
    ),
    Row(
        "a reply to a card that is just being written down is heard",
        "handlers/router.py",
        "    if place is None and in_doubt:\n",
        "    if False:\n",
        "tests/crash/test_adopt.py::test_manager_who_answers_before_the_card_is_found_is_heard",
    ),
    Row(
        "a deleted card is posted again",
        "bot/delivery/record.py",
        "reason=str(error), lost=True)",
        "reason=str(error))",
        "tests/faults/test_reconciled.py::test_a_deleted_card_is_posted_again",
    ),
    Row(
        "what waits for a group goes to the supergroup it became",
        "storage/chats.py",
        '    session.update(outbox, {"channel": channel, "chat": old}, chat=new, key=key,'
        " posted_above=None)\n",
        "    del key\n",
        "tests/storage/test_chats.py::test_waiting_calls_go_to_the_new_chat_in_their_order[sqlite]",
    ),
    Row(
        "open cards are posted anew in the supergroup",
        "storage/chats.py",
        "chat=now, message_id=None, posted_above=None, shown=shown)",
        "chat=now, posted_above=None)",
        "tests/plays/test_fine_points.py::test_a_group_that_becomes_a_supergroup_is_followed"
        "[sqlite]",
    ),
    Row(
        "who blocked the bot is written to no more",
        "handlers/conversation.py",
        "    if account.reach is not Reach.OPEN or work.policy.is_cut_off(account.channel):\n",
        "    if work.policy.is_cut_off(account.channel):\n",
        "tests/faults/test_reconciled.py::test_who_blocked_the_bot_gets_nothing_until_unblocking",
    ),
    Row(
        "a file that is too large is not tried again",
        "bot/channels/telegram/errors.py",
        "    413: Failure.TOO_LARGE,\n    429",
        "    413: Failure.TRANSIENT,\n    429",
        "tests/faults/test_reconciled.py::test_too_large_is_not_tried_again",
    ),
    Row(
        "a reply is not sent more than a day later",
        "bot/delivery/calls.py",
        "isinstance(item.work, Delivery) and _expired(item.work, self._now()):\n",
        "False:\n",
        "tests/faults/test_outage.py"
        "::test_a_reply_that_could_not_go_for_a_day_is_not_sent_any_more",
    ),
    Row(
        "that a card already says so is success",
        "bot/channels/telegram/client.py",
        '            if "not modified" not in str(error).lower().replace("_", " "):\n',
        "            if True:\n",
        "tests/faults/test_faults.py::test_people_see_what_the_table_says"
        "[editMessageText, card - not modified]",
    ),
    Row(
        "a reply to what was deleted is still sent",
        "bot/channels/telegram/post.py",
        '"allow_sending_without_reply": True',
        '"allow_sending_without_reply": False',
        "tests/channels/test_telegram_send.py::test_a_reply_to_what_was_deleted_is_still_sent",
    ),
    # --- pace and storms ---
    Row(
        "a chat that must wait waits alone",
        "bot/delivery/outbox.py",
        "            self._pacer.hold(made.item.chat, now + (error.retry_after or 1.0))\n",
        "            self._pacer.hold_all(now + (error.retry_after or 1.0))\n",
        "tests/faults/test_reconciled.py::test_a_chat_that_must_wait_holds_up_no_other",
    ),
    Row(
        "a chat that must wait gets nothing meanwhile",
        "bot/delivery/pacing.py",
        "            self._holds.get(chat, now),\n",
        "            now,\n",
        "tests/delivery/test_pacing.py::test_a_held_chat_gets_nothing_while_others_go_on",
    ),
    Row(
        "a lead with very much to show takes turns with the others",
        "bot/delivery/turns.py",
        "self._now() - since + item.work.priority.patience)\n",
        "item.work.turn_at)\n",
        "tests/plays/test_sharing_the_pace.py"
        "::test_who_sends_very_much_does_not_keep_the_chat_to_themselves",
    ),
    Row(
        "429 without a time is tried again all the same",
        "bot/delivery/outcomes.py",
        "            wait = timedelta(seconds=error.retry_after or 1.0)\n",
        "            wait = timedelta(seconds=error.retry_after or 1e6)\n",
        "tests/faults/test_faults.py::test_people_see_what_the_table_says"
        "[sendMessage, reply - 429 without parameters]",
    ),
    Row(
        "no second has more calls than the token bears",
        "bot/delivery/pacing.py",
        "            self._token_ready_at(now),\n            self._holds",
        "            now,\n            self._holds",
        "tests/delivery/test_pacing.py"
        "::test_no_load_and_no_network_bring_more_to_the_server_than_it_permits",
    ),
    Row(
        "no private chat has more than one a second",
        "bot/delivery/pacing.py",
        "else ((pace.per_chat_second, 1.0),)",
        "else ()",
        "tests/delivery/test_pacing.py"
        "::test_no_load_and_no_network_bring_more_to_the_server_than_it_permits",
    ),
    Row(
        "no group has more than its minute bears",
        "bot/delivery/pacing.py",
        "        in_group = ((pace.group_per_minute, 60.0), (pace.group_per_second, 1.0))\n",
        "        in_group = ((pace.group_per_minute, 1.0), (pace.group_per_second, 1.0))\n",
        "tests/faults/test_reconciled.py"
        "::test_sixty_changes_in_a_minute_cost_at_most_twenty_calls_and_end_right",
    ),
    Row(
        "a call counts until a window after its end",
        "bot/delivery/pacing.py",
        "        return self.flying + len(self._until)\n",
        "        return len(self._until)\n",
        "tests/delivery/test_pacing.py"
        "::test_a_call_counts_from_its_start_until_a_window_after_its_end",
    ),
    Row(
        "a database that fails before a call is claimed costs no place in the pace",
        "bot/delivery/outbox.py",
        "            for _, slot in chosen:\n                self._pacer.give_back(slot)\n",
        "",
        "tests/plays/test_rapid_texts.py"
        "::test_a_database_that_fails_while_they_are_gathered_costs_no_place_in_the_pace[sqlite]",
    ),
    Row(
        "a restart goes on at the pace of before",
        "storage/outbox.py",
        "sa.or_(cards.c.shown_at > now - since, ",
        "sa.or_(",
        "tests/storage/test_outbox.py::test_the_pace_goes_on_from_cards_as_well[sqlite]",
    ),
    Row(
        "nobody is starved by what is more urgent",
        "storage/outbox.py",
        "        others.order_by(outbox.c.turn_at, outbox.c.id),\n",
        "        others.order_by(outbox.c.priority, outbox.c.id),\n",
        "tests/storage/test_outbox.py::test_the_urgent_go_first_and_nobody_waits_for_ever[sqlite]",
    ),
    Row(
        "the urgent go first",
        "storage/outbox.py",
        "        turn_at=now + priority.patience,\n",
        "        turn_at=now,\n",
        "tests/storage/test_outbox.py::test_the_urgent_go_first_and_nobody_waits_for_ever[sqlite]",
    ),
    Row(
        "a storm of leads is folded into lists",
        "bot/delivery/outbox.py",
        "await folding.fold(self._database, self._ids, where, now)\n",
        "pass\n",
        "tests/plays/test_storm.py"
        "::test_two_hundred_leads_that_wait_are_visible_after_six_calls[sqlite]",
    ),
    Row(
        "rapid texts are joined, but not over a photo",
        "bot/delivery/joining.py",
        "            break\n",
        "            continue\n",
        "tests/delivery/test_joining.py::test_a_photo_stops_those_behind_it_too",
    ),
    # --- what the platforms bear ---
    Row(
        "markup in what people write stays text",
        "bot/channels/telegram/post.py",
        '        words = {"text": text, "entities": entities, ',
        '        words = {"text": text, "parse_mode": "HTML", ',
        "tests/plays/test_customers.py"
        "::test_awkward_names_and_long_texts_arrive_unharmed_on_both_sides[sqlite]",
    ),
    Row(
        "texts are cut by the units that Telegram counts",
        "bot/channels/telegram/spans.py",
        '    return len(text) + sum(character > "\\uffff" for character in text)\n',
        "    return len(text)\n",
        "tests/plays/test_storm.py::test_a_list_of_nothing_but_emoji_fits_a_message[sqlite]",
    ),
    Row(
        "no emoji is torn apart",
        "bot/channels/vk/text.py",
        "        if _is_boundary(text, place):\n",
        "        if True:\n",
        "tests/channels/test_vk_text.py"
        "::test_a_short_answer_is_shortened_with_an_ellipsis_before_a_whole_emoji",
    ),
    Row(
        "a button's label is not too long for VK",
        "bot/channels/vk/keyboard.py",
        "    label = shortened(button.label, LABEL)\n",
        "    label = button.label\n",
        "tests/channels/test_vk_send.py::test_six_buttons_in_a_row_become_two_rows",
    ),
    Row(
        "vk_api does not answer error 6 by itself, without end",
        "bot/channels/vk/api.py",
        "    line.error_handlers.clear()  # its own answer to error 6 recurses without end\n",
        "",
        "tests/channels/test_vk_send.py"
        "::test_refusals_are_told_apart_and_none_is_repeated_inside[fault2-pace]",
    ),
    Row(
        "calls to VK end in bounded time",
        "bot/channels/vk/connections.py",
        "timeout or TIMEOUT",
        "timeout",
        "tests/channels/test_vk_send.py"
        "::test_a_server_that_never_answers_does_not_hold_the_sender_for_ever",
    ),
    Row(
        "calls to VK keep one pace however many wait",
        "bot/channels/vk/api.py",
        "            await self._pace.turn()\n",
        "            pass\n",
        "tests/channels/test_vk_send.py::test_vk_never_has_to_ask_for_a_slower_pace",
    ),
    # --- what is remembered, and what is told to nobody ---
    Row(
        "a transaction of SQLite writes from its first moment",
        "storage/trips.py",
        'cursor.execute("begin immediate")',
        'cursor.execute("begin")',
        "tests/storage/test_sqlite.py"
        "::test_a_locked_file_is_out_of_reach_and_free_again_afterwards",
    ),
    Row(
        "a reference to nothing is refused",
        "storage/database.py",
        '    "foreign_keys": 1,\n',
        '    "foreign_keys": 0,\n',
        "tests/storage/test_database.py::test_a_reference_to_nothing_is_refused_at_the_end[sqlite]",
    ),
    Row(
        "a commit outlives a power loss",
        "storage/database.py",
        '    "synchronous": 2,',
        '    "synchronous": 1,',
        "tests/storage/test_sqlite.py::test_sqlite_keeps_what_it_is_told_through_power_loss",
    ),
    Row(
        "a number that somebody keeps for later is nobody else's",
        "storage/database.py",
        "        self._next_ids.pop(table.name, None)\n",
        "        self._next_ids.clear()\n",
        "tests/storage/test_cards.py"
        "::test_a_list_and_new_cards_have_numbers_of_their_own_after_a_refusal[sqlite]",
    ),
    Row(
        "a write that began is finished, whoever stops waiting",
        "storage/database.py",
        "        return await asyncio.shield(task)\n",
        "        return await task\n",
        "tests/storage/test_database.py"
        "::test_a_write_whose_waiter_is_cancelled_ends_and_frees_the_file[sqlite]",
    ),
    Row(
        "a closed database has no unfinished write",
        "storage/database.py",
        "            _, late = await asyncio.wait(self._unfinished, timeout=_PATIENCE)\n",
        "            late: set[asyncio.Task[object]] = set()\n",
        "tests/storage/test_database.py"
        "::test_a_write_whose_waiter_is_cancelled_ends_and_frees_the_file[sqlite]",
    ),
    Row(
        "NUL and halves of characters never reach a column",
        "storage/text.py",
        "        return None if value is None else clean(value)\n",
        "        return value\n",
        "tests/storage/test_text.py::test_text_of_any_origin_is_kept_in_columns_and_in_json"
        r"[sqlite-half \ud83d of one-half \ufffd of one]",
    ),
    Row(
        "NUL and halves of characters never reach JSON",
        "storage/text.py",
        '    if not _is_clean(dumped) or "\\\\u0000" in dumped:\n',
        "    if False:\n",
        "tests/storage/test_text.py::test_text_of_any_origin_is_kept_in_columns_and_in_json"
        r"[sqlite-a\x00b-a\ufffdb]",
    ),
    Row(
        "one product runs on a SQLite file",
        "storage/standing_by.py",
        "        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)\n",
        "        pass\n",
        "tests/crash/test_stand_by.py"
        "::test_by_whatever_name_the_file_is_called_there_is_one_product",
    ),
    Row(
        "what a former holder of a lease writes is refused",
        "storage/database.py",
        "    if found.first() is None:\n",
        "    if False:\n",
        "tests/storage/test_leases.py::test_what_an_earlier_holder_writes_is_refused",
    ),
    Row(
        "nobody takes a lease while its holder is writing",
        "storage/database.py",
        "fence = :fence for share",
        "fence = :fence",
        "tests/storage/test_leases.py::test_nobody_takes_it_while_the_holder_is_writing",
    ),
    Row(
        "who stands still while writing keeps no lease",
        "storage/dialling.py",
        "where pg_settings.source <> 'client'",
        "where false",
        "tests/storage/test_leases.py"
        "::test_who_stands_still_while_writing_keeps_nobody_from_taking_it",
    ),
    Row(
        "a statement does not wait for ever for a PostgreSQL that is gone",
        "storage/dialling.py",
        '        _watch(connection._transport.get_extra_info("socket"))',
        "        pass",
        "tests/storage/test_postgresql.py"
        "::test_a_way_to_postgresql_that_breaks_unseen_is_found_out",
    ),
    Row(
        "a chat that moved while the database was away is looked up again",
        "bot/product.py",
        "                self._moved.set()  # nobody tells it again\n",
        "",
        "tests/plays/test_standing_still.py"
        "::test_a_chat_that_moved_while_the_database_was_away_is_known_once_it_is_back[postgresql]",
    ),
    Row(
        "events of a key are with one process at a time",
        "storage/inbox.py",
        "    free = _heads(chosen).where(sa.or_(inbox.c.process.is_(None), ~held))\n",
        "    free = _heads(chosen)\n",
        "tests/storage/test_leases.py::test_events_of_one_key_are_never_with_two_processes",
    ),
    Row(
        "what a process handled too late is not written",
        "storage/inbox.py",
        "    if len(found) < len(numbers):\n",
        "    if False:\n",
        "tests/storage/test_leases.py"
        "::test_what_a_dead_process_held_goes_to_another_and_its_own_end_is_refused",
    ),
    Row(
        "a process whose connection is gone is dead at once",
        "storage/leases.py",
        "sa.or_(processes.c.until < now, processes.c.backend.not_in(served))",
        "sa.or_(processes.c.until < now)",
        "tests/storage/test_leases.py::test_whose_connection_is_gone_is_dead_at_once",
    ),
    Row(
        "processes whose settings differ say so",
        "bot/leading.py",
        "                self._compare(await presence.unlike())\n",
        "                pass\n",
        "tests/plays/test_agreement.py"
        "::test_two_whose_settings_differ_both_say_so_once_and_when_they_agree_again",
    ),
    Row(
        "what is a machine's own is no difference in settings",
        "config/mark.py",
        "        _set(settings.retention),\n",
        "        _set(settings.retention),\n        _set(settings.log),\n",
        "tests/plays/test_agreement.py::test_two_that_differ_in_what_is_their_machines_own_agree",
    ),
    Row(
        "no token is in the mark of the settings",
        "config/mark.py",
        '    number = token.partition(":")[0] if channel.kind',
        "    number = token if channel.kind",
        "tests/config/test_mark.py::test_of_what_nobody_may_see_no_more_than_a_bots_number_is_told",
    ),
    Row(
        "one product on this machine polls with a token",
        "bot/token_lock.py",
        "        held.bind(name)\n",
        "        pass\n",
        "tests/crash/test_several.py"
        "::test_a_second_one_with_the_same_token_on_another_database_waits",
    ),
    Row(
        "a file that was moved away is not written to",
        "storage/database.py",
        "            async with self._one_writer:\n                self._assert_in_place()\n",
        "            async with self._one_writer:\n",
        "tests/plays/test_trouble.py"
        "::test_a_file_that_was_moved_away_is_not_written_to_until_it_is_back",
    ),
    Row(
        "the file is for its owner alone",
        "storage/file.py",
        "0o600))",
        "0o644))",
        "tests/storage/test_sqlite.py"
        "::test_what_customers_wrote_is_for_the_owner_of_the_file_alone",
    ),
    Row(
        "Telegram's token stands in no traceback",
        "bot/channels/telegram/client.py",
        "            raise errors.broken(method, error) from None\n",
        "            raise SendError(Failure.TRANSIENT, str(error)) from error\n",
        "tests/channels/test_telegram_send.py::test_the_token_stands_in_no_traceback",
    ),
    Row(
        "VK's token stands in no traceback",
        "bot/channels/vk/api.py",
        "            raise from_exception(error, method) from None\n",
        "            raise from_exception(error, method) from error\n",
        "tests/channels/test_vk_send.py::test_the_token_stands_in_no_traceback",
    ),
    Row(
        "Telegram's descriptions are scrubbed of tokens and people",
        "bot/channels/telegram/errors.py",
        '        description = pattern.sub("…", description)\n',
        "        pass\n",
        "tests/channels/test_telegram_errors.py::test_a_reason_names_nobody[@anna_orlova]",
    ),
    Row(
        "what libraries log is not repeated",
        "bot/logs.py",
        '        told = {"logger": record.name}\n',
        '        told = {"logger": record.name, "words": record.getMessage()}\n',
        "tests/house/test_command_line.py::test_what_libraries_log_never_shows_anybodys_words[json]",
    ),
    Row(
        "an import survives what a customer writes meanwhile",
        "storage/clients.py",
        "            if not left:\n                raise\n            ids.forget()\n",
        "            raise\n",
        "tests/operations/test_importing.py"
        "::test_a_customer_who_writes_meanwhile_is_neither_lost_nor_doubled[sqlite-1]",
    ),
    # --- attackers ---
    Row(
        "a password need not stand in a command",
        "main.py",
        'typer.Option(envvar="DIALEAD_COPY_TO", help=',
        "typer.Option(help=",
        "tests/plays/test_copy.py::test_the_command_tells_what_it_moved[DIALEAD_COPY_TO]",
    ),
    Row(
        "no heading without end holds up an import",
        "bot/operations/importing.py",
        "    head = head[:_HEAD]",
        "    head = head",
        "tests/operations/test_importing.py"
        "::test_of_a_heading_without_end_only_the_beginning_is_read",
    ),
    Row(
        "a forged day before all others is reckoned with by nobody",
        "handlers/step_menus.py",
        "    if not rules.first_day(now, policy.hours) <= day <=",
        "    if not day <=",
        "tests/handlers/test_old_buttons.py"
        "::test_a_day_out_of_all_time_is_answered_and_plans_nothing[sqlite-step-0001-01-01]",
    ),
    Row(
        "no page's picture talks to the demo's messengers",
        "bot/sandbox/door.py",
        'request.headers.get("Sec-Fetch-Site", _BY_HAND) != _BY_HAND',
        "False",
        "tests/sandbox/test_stage_refusing.py"
        "::test_no_page_can_talk_to_the_messengers_behind_the_stage[headers3]",
    ),
    Row(
        "no file is fetched from our own network",
        "bot/channels/vk/connections.py",
        "    if _is_inside(str(where[0])):\n",
        "    if not where:\n",
        "tests/channels/test_vk_files.py::test_no_file_is_fetched_from_our_own_network[127.0.0.1]",
    ),
    Row(
        "what is no address of a file is not tried for hours",
        "bot/channels/vk/files.py",
        'not attachment.url.startswith(("https://", "http://"))',
        "not attachment.url",
        "tests/channels/test_vk_files.py::test_what_is_no_address_is_not_tried_again[//e/x]",
    ),
    Row(
        "only the team's chat is waited for",
        "bot/delivery/outcomes.py",
        'delivery.priority in _TEAM and delivery.chat.startswith("-")',
        "delivery.priority in _TEAM",
        "tests/plays/test_out_of_reach.py"
        "::test_an_answer_to_a_manager_who_is_gone_is_given_up[sqlite]",
    ),
    Row(
        "one message's words do not flood the team's chat",
        "handlers/relay.py",
        "_WORDS = 12_000 ",
        "_WORDS = 12_000_000 ",
        "tests/plays/test_attacks.py::test_a_long_edit_is_shown_in_part_too[sqlite]",
    ),
    Row(
        "one message's pictures do not flood the team's chat",
        "handlers/relay.py",
        "_THINGS = 20 ",
        "_THINGS = 20_000 ",
        "tests/plays/test_attacks.py"
        "::test_a_hundred_forwarded_messages_do_not_take_the_group_for_minutes[sqlite]",
    ),
    Row(
        "a name cannot forge what stands beside it",
        "bot/messages.py",
        "    for sign in name.translate(_FORGING):\n",
        "    for sign in name:\n",
        "tests/plays/test_attacks.py::test_a_name_forges_nothing_beside_it[sqlite]",
    ),
    Row(
        "no name reaches other lines",
        "bot/messages.py",
        "        if marks <= _MARKS:\n",
        "        if marks >= 0:\n",
        "tests/plays/test_attacks.py"
        "::test_no_name_and_no_words_hide_or_turn_what_stands_beside_them[sqlite]",
    ),
    Row(
        "nobody keeps posts out by holding connections",
        "bot/web/serving.py",
        "        one.force_close()\n",
        "        del one\n",
        "tests/web/test_hooks.py::test_who_holds_connections_open_keeps_no_post_out",
    ),
    Row(
        "a head that never ends is not waited for",
        "bot/web/serving.py",
        "        keepalive_timeout=SILENCE,\n",
        "",
        "tests/web/test_hooks.py::test_a_head_that_never_ends_is_not_waited_for",
    ),
    Row(
        "no packed post is unpacked",
        "bot/web/serving.py",
        "        auto_decompress=False,",
        "        auto_decompress=True,",
        "tests/web/test_hooks.py::test_what_is_packed_is_not_unpacked",
    ),
    Row(
        "a slow file is not waited for",
        "bot/delivery/transfer.py",
        "            async with asyncio.timeout(left):\n",
        "            async with asyncio.timeout(None):\n",
        "tests/plays/test_slow_files.py"
        "::test_a_file_that_does_not_come_holds_up_nobody[sqlite-slow]",
    ),
    Row(
        "a file that does not come is given up",
        "bot/delivery/outcomes.py",
        "    if isinstance(error, FileError) and not error.permanent and gone_on_for_long:\n",
        "    if False:\n",
        "tests/plays/test_slow_files.py"
        "::test_a_file_that_does_not_come_holds_up_nobody[sqlite-dead]",
    ),
    Row(
        "what a thin line cannot carry is not repeated for ever",
        "bot/channels/telegram/send.py",
        "    if over and sum(one.passed for one in uploads) >= LARGE:\n",
        "    if False:\n",
        "tests/channels/test_streaming.py"
        "::test_a_file_for_which_the_connection_is_too_slow_is_too_large",
    ),
    Row(
        "nobody fills the disk by messages",
        "handlers/filling.py",
        "    if kept < KEPT:\n",
        "    if kept is not None:\n",
        "tests/plays/test_filling.py"
        "::test_a_flood_is_kept_up_to_a_bound_and_both_sides_are_told_once[sqlite]",
    ),
    Row(
        "nobody fills the disk by edits",
        "handlers/customers.py",
        "    if await filling.unkept(work, account, edited=True):\n",
        "    if False:\n",
        "tests/plays/test_filling.py::test_edits_count_and_are_bounded_too[sqlite]",
    ),
    Row(
        "what is not kept is not in the inbox either",
        "bot/delivery/batches.py",
        "        await inbox.empty(connection, unkept)\n",
        "",
        "tests/plays/test_filling.py::test_what_is_not_kept_leaves_little_behind[sqlite]",
    ),
    Row(
        "nobody fills the disk by what is of no interest",
        "bot/delivery/routes.py",
        "        await inbox.empty(connection, unwanted)\n",
        "",
        "tests/plays/test_filling.py::test_what_is_of_no_interest_leaves_little_behind[sqlite]",
    ),
    Row(
        "nor by edits that change nothing",
        "handlers/edits.py",
        "        work.session.keeps_event = False",
        "        pass",
        "tests/plays/test_filling.py::test_what_changes_nothing_leaves_little_behind[sqlite]",
    ),
    Row(
        "nor by presses that were forged",
        "handlers/presses.py",
        "        work.session.keeps_event = False",
        "        pass",
        "tests/plays/test_filling.py::test_forged_presses_leave_little_behind[sqlite]",
    ),
    Row(
        "nor by what is said in a foreign group",
        "handlers/router.py",
        "        work.session.keeps_event = False  # what",
        "        pass  # what",
        "tests/plays/test_filling.py::test_a_foreign_groups_words_leave_little_behind[sqlite]",
    ),
    Row(
        "commands by the hundred have one answer at a time",
        "handlers/privacy.py",
        "    if await outbox.waits(work.session, account.address, _ASKS_TO_ERASE):\n",
        "    if False:\n",
        "tests/plays/test_attacks.py"
        "::test_commands_by_the_hundred_are_answered_as_fast_as_answers_go[sqlite]",
    ),
    Row(
        "presses by others than the team have one answer each that waits",
        "handlers/work.py",
        "        return await outbox.queued(self.session, key)\n",
        "        return False\n",
        "tests/plays/test_others_presses.py"
        "::test_presses_by_others_than_the_team_have_one_answer_each_that_waits[sqlite]",
    ),
    Row(
        "and those of who is banned or slowed none",
        "handlers/work.py",
        "        if account is not None and (\n",
        "        if False and account is not None and (\n",
        "tests/plays/test_others_presses.py"
        "::test_presses_of_who_is_shut_out_or_slowed_cost_no_call[sqlite]",
    ),
    Row(
        "who goes and comes all day leaves one line of it",
        "storage/leads.py",
        "    if found and found[0].kind == kind:\n",
        "    if False:\n",
        "tests/plays/test_filling.py"
        "::test_who_goes_and_comes_all_day_fills_no_disk_and_hides_no_history[sqlite]",
    ),
    Row(
        "presses by others than the team hold up no lead",
        "handlers/keys.py",
        " if press and author else ",
        " if press else ",
        "tests/handlers/test_keys.py"
        "::test_only_the_teams_presses_go_in_order_with_what_concerns_a_lead[sqlite]",
    ),
    Row(
        "answers to others than the team yield to all else",
        "bot/messages.py",
        "    Priority.OTHERS: timedelta(minutes=12, seconds=30),\n",
        "    Priority.OTHERS: timedelta(0),\n",
        "tests/storage/test_outbox.py"
        "::test_answers_to_others_than_the_team_yield_to_all_else_but_wait_for_no_chat[sqlite]",
    ),
    Row(
        "no page of a browser talks to the demo's messengers",
        "bot/sandbox/vk/server.py",
        "    if is_from_a_page(request):\n",
        "    if False:\n",
        "tests/sandbox/test_stage_refusing.py"
        "::test_no_page_can_talk_to_the_messengers_behind_the_stage[headers0]",
    ),
    Row(
        "a report's file is for its owner only",
        "bot/operations/report.py",
        "        keep_private(str(part))  # it names customers\n",
        "",
        "tests/reports/test_command.py::test_a_reports_file_is_for_its_owner_only[text]",
    ),
    # --- several desks ---
    Row(
        "a forged number tells no name of another team's people",
        "handlers/handing_over.py",
        "        if await managers.active(work, who.id) is None:\n",
        "        if False:\n",
        "tests/plays/test_desks.py::test_a_forged_number_names_nobody_of_the_other_desk[sqlite]",
    ),
    Row(
        "of leads that nobody sees the first team hears",
        "bot/duties.py",
        '                "desks": sweeps.desks,\n',
        "",
        "tests/plays/test_desks_missing.py"
        "::test_of_leads_that_nobody_sees_the_first_team_hears_once_and_when_they_are_back[sqlite]",
    ),
    Row(
        "a press acts on leads of its own desk only",
        "storage/leads.py",
        "    return found if found and session.sees(found.desk) else None\n",
        "    return found\n",
        "tests/plays/test_desks.py::test_forged_buttons_do_nothing_to_the_other_desk[sqlite]",
    ),
    Row(
        "a command lists leads of its own desk only",
        "storage/session.py",
        "        return (leads.c.desk == self.desk,) if self.desk else ()\n",
        "        return ()\n",
        "tests/plays/test_desks.py::test_a_list_has_nothing_of_the_other_desk[sqlite-/leads]",
    ),
    Row(
        "an event is handled with the eyes of its own desk",
        "bot/desks.py",
        "        if not isinstance(event, ErasureWanted | ErasureEnded):  # of a whole person\n"
        "            self.narrow(session, policy)\n",
        "",
        "tests/plays/test_desks.py::test_each_desk_has_its_digest_by_its_own_bot[sqlite]",
    ),
    Row(
        "in private a bot knows the people of its own desk only",
        "bot/desks.py",
        "if one is not own and one.bots[kind] == event.channel]",
        "if one is not own]",
        "tests/plays/test_desks.py::test_a_manager_of_the_other_team_is_nobody_here[sqlite]",
    ),
    Row(
        "a desk's chat tells what one may do there",
        "bot/desks.py",
        "        if found is None and facts.desk:\n",
        "        if found is None or facts.desk:\n            return self.first\n"
        "        if found is None and facts.desk:\n",
        "tests/plays/test_desks.py"
        "::test_a_supervisor_of_one_desk_is_a_manager_at_the_other[sqlite]",
    ),
    Row(
        "a desk has none of another desk's managers",
        "config/teams.py",
        '    "managers": (),\n',
        "",
        "tests/config/test_teams.py"
        "::test_a_desk_takes_over_what_it_leaves_out_but_for_chat_and_people",
    ),
    Row(
        "a desk's report counts its own leads only",
        "bot/operations/report.py",
        "    session.desk = wanted.desk\n",
        "",
        "tests/plays/test_desks.py::test_a_report_tells_of_one_desk_or_of_all[sqlite]",
    ),
    Row(
        "a desk's exported file tells of its own leads only",
        "bot/files.py",
        "            self._desks.narrow(session, policy)\n",
        "",
        "tests/plays/test_desks.py::test_a_reports_file_has_nothing_of_the_other_desk[sqlite]",
    ),
    Row(
        "who was entered by hand at one desk is not proposed at another",
        "storage/people.py",
        "    return elsewhere - {person for person, desk in wanted if desk == session.desk}\n",
        "    return ()\n",
        "tests/plays/test_desks.py"
        "::test_who_was_entered_by_hand_at_one_desk_is_proposed_there_alone[sqlite]",
    ),
    Row(
        "a desk's reasons to reject are its own",
        "handlers/reasons.py",
        "    edited = await stored.every(session, policy.desk)\n",
        '    edited = await stored.every(session, "")\n',
        "tests/plays/test_desks_lists.py::test_each_desk_edits_reasons_of_its_own[sqlite]",
    ),
    Row(
        "a desk's canned answers are its own",
        "storage/templates.py",
        "    return templates.c.desk == desk, templates.c.name == name\n",
        "    return (templates.c.name == name,)\n",
        "tests/plays/test_desks_lists.py::test_each_desk_has_canned_answers_of_its_own[sqlite]",
    ),
    Row(
        "a desk decides about what its own channels set aside",
        "handlers/dead.py",
        "    return channel in work.policy.own\n",
        "    return True\n",
        "tests/plays/test_desks_alarms.py"
        "::test_each_desk_hears_of_and_decides_what_its_own_channels_set_aside[sqlite]",
    ),
    Row(
        "two bots of any desk are posted to at a path each",
        "config/hooks.py",
        "        elif other != mine:\n",
        "        elif not mine:\n",
        "tests/config/test_teams.py::test_two_that_are_posted_to_have_each_a_path[bots]",
    ),
)
