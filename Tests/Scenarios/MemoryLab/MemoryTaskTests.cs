using MlNetRnn.Scenarios.MemoryLab;

namespace MlNetRnn.Tests.Scenarios.Memory;

/// <summary>The tasks that cells are measured by.</summary>
[TestClass]
public sealed class MemoryTaskTests
{
    [TestMethod]
    [DataRow(2)]
    [DataRow(50)]
    [DataRow(101)]
    public void The_sum_is_that_of_the_two_marked_numbers_one_in_each_half(int steps)
    {
        foreach (var row in AddingProblem.Rows(200, steps, seed: 1))
        {
            int[] marked = [.. Enumerable.Range(0, steps).Where(i => row.Sequence[(2 * i) + 1] == 1)];
            Assert.HasCount(2, marked);
            Assert.IsLessThan(steps / 2, marked[0]);
            Assert.IsGreaterThanOrEqualTo(steps / 2, marked[1]);
            Assert.AreEqual(row.Sequence[2 * marked[0]] + row.Sequence[2 * marked[1]], row.Label);
            Assert.IsTrue(Enumerable.Range(0, steps).All(i => row.Sequence[2 * i] is >= 0 and < 1 && row.Sequence[(2 * i) + 1] is 0 or 1));
        }
    }

    [TestMethod]
    public void Who_always_says_1_has_the_error_of_chance()
    {
        double error = AddingProblem.Rows(20_000, 10, seed: 1).Average(row => Math.Pow(row.Label - 1, 2));

        Assert.AreEqual(AddingProblem.Chance, error, 0.005);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void The_grammar_allows_every_letter_of_its_strings_and_no_other(int between)
    {
        var grammar = new ReberGrammar(between);
        var random = new Random(1);
        var lengths = new HashSet<int>();
        for (int n = 0; n < 300; n++)
        {
            string text = grammar.Draw(random);
            lengths.Add(text.Length);
            for (int i = 0; i < text.Length; i++)
            {
                Assert.Contains(text[i], grammar.Next(text[..i]), $"'{text[..i]}' before '{text[i..]}'");
                foreach (char other in "BTPSXVE".Except(grammar.Next(text[..i])))
                    Assert.AreEqual("", grammar.Next(text[..i] + other), $"'{text[..i]}{other}'");
            }
            Assert.AreEqual("", grammar.Next(text));
            Assert.AreEqual(text[1], text[^2]); // what is to be remembered
        }
        Assert.IsGreaterThan(5, lengths.Count);
    }

    [TestMethod]
    public void The_embedded_grammar_is_that_of_the_paper()
    {
        var grammar = new ReberGrammar(1);

        Assert.AreEqual("TP", grammar.Next("B"));
        Assert.AreEqual("B", grammar.Next("BP"));
        Assert.AreEqual("SX", grammar.Next("BPBT"));
        Assert.AreEqual("TV", grammar.Next("BPBPT"));
        Assert.AreEqual("P", grammar.Next("BPBTXSE"));
        Assert.AreEqual("T", grammar.Next("BTBPVVE"));
        Assert.AreEqual("E", grammar.Next("BTBPVVET"));
        Assert.AreEqual("", grammar.Next("BTBPVVEP"));
    }

    [TestMethod]
    public void The_answer_stands_before_the_question()
    {
        foreach (var row in LateQuestion.Rows(300, seed: 1))
        {
            int question = Array.IndexOf(row.Tokens, "?");
            Assert.HasCount(LateQuestion.Steps, row.Tokens);
            Assert.AreEqual(question, Array.LastIndexOf(row.Tokens, "?"));
            Assert.AreEqual(row.Tokens[question - LateQuestion.Distance], row.Label);
        }
    }
}
