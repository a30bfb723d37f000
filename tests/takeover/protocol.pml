/* The controller's protocol: lease, intent, write, read back.
 *
 * Two controllers run. Each can lose its lease at any instant without knowing it, can be killed at
 * any instant and start anew, and can get a write to the data plane refused, done, or done with the
 * answer lost. An operator moves users forward and rolls back. What is checked:
 *
 *   - no write to the data plane without an intent in the ledger, under the same token
 *   - a controller whose lease is gone can neither append to the ledger nor move users
 *   - after the rollback is decided, no user is moved to the new board
 *   - the share is one that the plan names (the wanted share of some decided step)
 *   - after the rollback is decided, all users are on the old board in the end, and stay there
 *
 * Each FAULT takes one rule of the protocol away; with each of them a check must fail:
 *   NO_FENCE     a new controller does not put its token on the data plane before it reads
 *   NO_TOKEN     the data plane takes writes of any token
 *   NO_LEASE     the ledger takes entries of any token
 *   NO_READBACK  a controller believes its write without reading back
 *   NO_INTENT    a controller writes without an intent
 */

#define STEPS   2
#define TOKENS  4
#define CRASHES 2
#define ERRORS  2

byte lease = 0;             /* the token given last: the database */
byte position = 0;          /* the step decided last: the ledger */
bool rolled_back = false;   /* the decision to roll back: the ledger */
bool asked_rollback = false;
byte asked_steps = 0;       /* how far the operator lets it go */
byte intent_token = 0, intent_share = 0;

byte share = 0;             /* the data plane */
byte plane_token = 0;

byte crashes = 0, errors = 0;

#define wanted (rolled_back -> 0 : position)

#define maybe_crash \
  if \
  :: crashes < CRASHES && lease < TOKENS -> crashes++; goto restart \
  :: true \
  fi

#ifdef NO_LEASE
#define holds(token) true
#else
#define holds(token) (lease == token)
#endif

#ifdef NO_TOKEN
#define takes(token) true
#else
#define takes(token) (plane_token <= token)
#endif

active [2] proctype Controller() {
  byte token = 0, seen = 0, asked = 0, want = 0;
  bool believed = false;

restart:
  token = 0; seen = 0; asked = 0; want = 0; believed = false;

  /* Standing by. When the holder seems dead is not trusted: it may be alive and slow. */
end_standing_by:
  atomic { lease < TOKENS; lease++; token = lease }
  maybe_crash;

#ifndef NO_FENCE
  /* The first write puts the token on the data plane: later writes of a predecessor are refused. */
  atomic {
    if
    :: takes(token) -> plane_token = token
    :: else -> goto restart
    fi
  }
  maybe_crash;
#endif

  do
  :: /* Read reality back. */
#ifdef NO_READBACK
     if
     :: believed -> seen = want
     :: else -> seen = share; believed = true
     fi;
#else
     seen = share;
#endif
     maybe_crash;

     /* Decide: one transaction of the database, refused without the lease. */
     atomic {
       if
       :: !holds(token) -> goto restart
       :: holds(token) && asked_rollback && !rolled_back ->
            assert(lease == token); rolled_back = true
       :: holds(token) && !rolled_back && seen == position && position < asked_steps ->
            assert(lease == token); position++
       :: else
       fi;
       want = wanted
     }
     maybe_crash;

     if
     :: want != seen ->
          asked = want;
#ifndef NO_INTENT
          /* The intent: again one transaction. */
          atomic {
            if
            :: holds(token) -> assert(lease == token); intent_token = token; intent_share = asked
            :: else -> goto restart
            fi
          }
          maybe_crash;
#endif
          /* Act. The write may be lost, done, or done with the answer lost. */
          if
          :: errors < ERRORS -> errors++
          :: errors < ERRORS ->
               atomic {
                 errors++;
                 if
                 :: takes(token) -> goto act
                 :: else -> goto restart
                 fi
               }
          :: true ->
act:
               atomic {
                 if
                 :: takes(token) ->
                      assert(intent_token == token && intent_share == asked);
                      assert(!rolled_back || asked == 0);
                      assert(asked <= STEPS);
                      plane_token = token;
                      share = asked
                 :: else -> goto restart
                 fi
               }
          fi;
          maybe_crash
     :: else
     fi
  od
}

active proctype Operator() {
  do
  :: asked_steps < STEPS && !asked_rollback -> asked_steps++
  :: !asked_rollback -> asked_rollback = true
  :: asked_rollback -> break
  od
}

ltl goes_back { [] (rolled_back -> <> [] (share == 0)) }
