"""What the learners of the demo school ask a tutor, what it answers, and how they rate that."""

from typing import Final

QUESTIONS: Final = (
    (
        (
            "I counted the doors in the light. Why should I walk it again with my eyes closed?",
            (
                "What would smoke take away from you? Think of what your hands can still tell you: **count the doors**"
                " once more by touch, and say which of them you could mistake for the stairs."
            ),
        ),
        (
            "How do I know which extinguisher is for what?",
            (
                "The label says it. Which two hang nearest to your cabin, and which letters are on them? The next"
                " lesson explains the letters."
            ),
        ),
        (
            "Is it seven short blasts or eight?",
            "Read the last point of the lesson again. How many are short, and what comes after them?",
        ),
    ),
    (
        (
            "Why is there no water for class B?",
            (
                "What does oil do on water? Picture a burning surface that can float, then look at what the table names"
                " instead."
            ),
        ),
        (
            "Is foam always right then?",
            (
                "Compare rows A, B and F of the table. In which of them is foam missing, and what is special about what"
                " burns there?"
            ),
        ),
        (
            "What do I do first with gas?",
            "The table has one step before any extinguisher. What keeps a gas fire alive, and what would end that?",
        ),
    ),
    (
        (
            "Just tell me the answer to the question about the galley.",
            (
                "I cannot answer a question of the quiz for you. Which class is cooking oil? Find its row, and you have"
                " what you need."
            ),
        ),
        (
            "I failed with two right answers. What should I read again?",
            (
                "Which of the four were you unsure of? Two of them are about the table in *Classes of fire*, and one is"
                " about what comes before any extinguisher."
            ),
        ),
        (
            "Is wood class A?",
            "What in the lesson makes you think so? Say it in your own words, and you will know whether you are sure.",
        ),
    ),
    (
        (
            "What is the difference between what I saw and what I suppose?",
            (
                "Take one sentence of yours: “The smoke came from the machine.” Did you see that, or do you conclude"
                " it? How could a reader tell?"
            ),
        ),
        (
            "How exact do times have to be?",
            (
                "Who reads the report, and what will they compare it with? Give the times that you looked up, and say"
                " where you are guessing."
            ),
        ),
        (
            "Do I have to write what I did wrong?",
            "Which part of a report helps the next crew most? Read the last sentence of the lesson again.",
        ),
    ),
    (
        (
            "Can you write the report for me? I was there, I promise.",
            (
                "I will not write it for you, but I will help. Where did you stand when the alarm sounded, and what did"
                " you do first?"
            ),
        ),
        (
            "I have 80 words. What is missing?",
            (
                "Go through the rubric: **when and where**, **seen or supposed**, **what next time**. Which of the"
                " three has the fewest of your words?"
            ),
        ),
        (
            "Two people went back for their jackets. Do I name them?",
            (
                "Does the reader need their names to learn from it? Think of who they were to the crew: how could you"
                " say it without a name?"
            ),
        ),
    ),
)
"""Questions and answers about each item of the course, in the order of its items. Each stands by itself."""

FLAGS: Final = {
    4: "There are no doors on my deck, only curtains.",
    15: "I only wanted to know whether I am right.",
    22: "It asks me what I asked.",
}
"""Why learners flag an answer, by their number."""
UPHELD: Final = (4, "True for deck 3. The lesson now says what to count there.")
"""The number of the learner whose flag the teacher upholds, and the note on it."""
