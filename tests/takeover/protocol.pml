/* The controller's protocol: lease, fence, intent, write, read back, decision.
 *
 * Two controllers run. Each can lose its lease at any instant without knowing it, can be killed at
 * any instant and start anew, and can get a write to the data plane refused, done, or done with the
 * answer lost. An operator moves users forward and rolls back.
 *
 * A change of the data plane has PARTS parts. With 1 it is Envoy: a write is the change. With 2 it
 * is the Hub: a write begins the change (a commit), and it ends with another write or by itself (the
 * Space is built and runs). A write of something else turns it round. What is checked:
 *
 *   - no write to the data plane but of what the open intent of the ledger says
 *   - a controller whose lease is gone can neither append to the ledger nor move users
 *   - a step is decided only while the data plane does what it says
 *   - after the rollback is decided, no user is moved to the new board, not even by a change that
 *     was begun before it
 *   - no history ends with controllers that cannot go on
 *   - after an operator asks for it, the rollback is decided, all users are on the old board in the
 *     end, and stay there
 *
 * Each FAULT takes one rule of the protocol away; with each of them a check must fail:
 *   NO_FENCE     a new controller does not put its token on the data plane before it reads
 *   NO_TOKEN     the data plane takes writes of any token
 *   NO_LEASE     the ledger takes entries of any token
 *   NO_READBACK  a controller believes its write without reading back
 *   NO_INTENT    a controller writes without an intent
 *   NO_REST      a controller takes an intent for done although another change is under way
 *   NO_AGAIN     nobody gets the lease of a dead controller any more
 *   NO_HEARING   a controller does not hear that a rollback is asked for
 */

#ifndef STEPS
#define STEPS   2
#endif
#ifndef PARTS
#define PARTS   1
#endif
#ifndef TOKENS
#define TOKENS  4
#define CRASHES 2
#define ERRORS  2
#endif

#define NONE    0           /* the data plane is to do what was decided already */
#define FORWARD 1
#define BACK    2

#define NOWHERE 3           /* no change is under way */

byte lease = 0;             /* the token given last: the database */
bool is_held = false;       /* whether a controller lives that has it */
byte position = 0;          /* the step decided last: the ledger */
bool rolled_back = false;   /* the decision to roll back: the ledger */
bool is_open = false;       /* an intent without a decision: the ledger */
byte intent_share = 0, intent_move = NONE;
bool asked_rollback = false;
byte asked_steps = 0;       /* how far the operator lets it go */

byte share = 0;             /* the data plane */
byte moving = NOWHERE;      /* what a change that is under way leads to */
byte parts = 0;             /* parts of it that are done */
byte plane_token = 0;

byte crashes = 0, errors = 0;

#define wanted (rolled_back -> 0 : position)

#define maybe_crash \
  if \
  :: crashes < CRASHES -> crashes++; goto restart \
  :: true \
  fi

#ifdef NO_LEASE
#define holds(token) true
#else
#define holds(token) (lease == token)
#endif

#ifdef NO_AGAIN
#define is_free false
#else
#define is_free (!is_held)
#endif

#ifdef NO_TOKEN
#define takes(token) true
#else
#define takes(token) (plane_token <= token)
#endif

#ifdef NO_HEARING
#define hears false
#else
#define hears true
#endif

#ifdef NO_REST
#define rests(change) true
#else
#define rests(change) (change == NOWHERE)
#endif

/* A part of a change to `goal` is done; one that leads elsewhere is turned round. */
inline write(goal) {
  if
  :: moving == NOWHERE && share == goal
  :: else ->
       if
       :: moving != goal -> moving = goal; parts = 1
       :: else -> parts++
       fi;
       if
       :: parts >= PARTS -> share = goal; moving = NOWHERE; parts = 0
       :: else
       fi
  fi
}

active [2] proctype Controller() {
  byte token = 0, seen = 0, change = NOWHERE, goal = 0, move = NONE;
  bool is_new = false;

restart:
  atomic {
    if
    :: token != 0 && token == lease -> is_held = false
    :: else
    fi
  };
  token = 0; seen = 0; change = NOWHERE; goal = 0; move = NONE; is_new = false;

  /* Standing by. When the holder seems dead is not trusted: it may be alive and slow. The last
   * token is given again if its holder is dead, or else all could be out of tokens for ever. */
  atomic {
    lease < TOKENS || is_free ->
      if
      :: lease < TOKENS -> lease++
      :: else
      fi;
      token = lease; is_held = true
  }
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
  :: atomic { seen = share; change = moving }  /* read reality back */
     maybe_crash;

     /* What is next, from the ledger and what was seen. An open intent is gone on with, whoever
      * wrote it, unless a rollback was asked for since. */
     atomic {
       is_new = true;
       if
       :: hears && asked_rollback && !rolled_back && !(is_open && intent_move == BACK) ->
            goal = 0; move = BACK
       :: else ->
            if
            :: is_open -> goal = intent_share; move = intent_move; is_new = false
            :: !is_open && !rolled_back && seen == position && change == NOWHERE &&
               position < asked_steps ->
                 goal = position + 1; move = FORWARD
            :: else -> goal = wanted; move = NONE
            fi
       fi
     }

     if
     :: move == NONE && goal == seen && change == NOWHERE && !is_open
     :: !is_new && goal == seen && rests(change) ->
          goto decide       /* a predecessor did it and was killed before it said so */
     :: else ->
#ifndef NO_INTENT
          if
          :: is_new ->
               /* The intent: one transaction of the database, refused without the lease. */
               atomic {
                 if
                 :: holds(token) ->
                      assert(lease == token);
                      intent_share = goal; intent_move = move; is_open = true
                 :: else -> goto restart
                 fi
               }
               maybe_crash
          :: else
          fi;
#endif
          /* Act. The write may be lost, done, or done with the answer lost. */
          if
          :: errors < ERRORS -> errors++
          :: true ->
               atomic {
                 if
                 :: takes(token) ->
                      assert(is_open && intent_share == goal);
                      assert(!rolled_back || goal == 0);
                      assert(goal <= STEPS);
                      plane_token = token;
                      write(goal)
                 :: else -> goto restart
                 fi
               };
               if
               :: errors < ERRORS -> errors++; goto restart
               :: true
               fi
          fi;
          maybe_crash;

#ifdef NO_READBACK
          seen = goal; change = NOWHERE;
#else
          atomic { seen = share; change = moving };
#endif
          maybe_crash;

decide:
          /* The decision: again one transaction. A refused write leaves the intent open. */
          atomic {
            if
            :: !holds(token) -> goto restart
            :: holds(token) && seen == goal && rests(change) ->
                 assert(lease == token);
                 assert(share == goal);
                 is_open = false;
                 if
                 :: move == FORWARD -> position = goal
                 :: move == BACK -> rolled_back = true
                 :: else
                 fi
            :: else
            fi
          };
          maybe_crash
     fi
  od
}

#if PARTS > 1
active proctype Space() {
end_at_rest:
  do
  :: atomic {
       moving != NOWHERE && parts == PARTS - 1 ->
         assert(!rolled_back || moving == 0);
         share = moving; moving = NOWHERE; parts = 0
     }
  od
}
#endif

active proctype Operator() {
  do
  :: asked_steps < STEPS && !asked_rollback -> asked_steps++
  :: !asked_rollback -> asked_rollback = true
  :: asked_rollback -> break
  od
}

ltl goes_back { [] (asked_rollback -> <> [] (rolled_back && share == 0 && moving == NOWHERE)) }
