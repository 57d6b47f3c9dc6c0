using System.Diagnostics;
using MlNetRnn.Fused;

namespace MlNetRnn.Tests;

/// <summary>Threads that share work: every share once, failures told, nothing left behind.</summary>
[TestClass]
public class TrainingThreadsTests
{
    [TestMethod]
    [DataRow(1, 10_000)]
    [DataRow(2, 10_000)]
    [DataRow(3, 2_000)] // more than there may be cores: each round waits for one
    public void Each_share_is_done_once_in_every_round(int count, int repeats)
    {
        using var threads = new TrainingThreads(count);
        var rounds = new int[count];
        var work = new Shares((share, shares) =>
        {
            Assert.AreEqual(count, shares);
            rounds[share]++;
        });
        for (int round = 1; round <= repeats; round++)
        {
            threads.Run(work);
            if (Array.Exists(rounds, r => r != round))
                Assert.Fail($"In round {round} the shares were at {string.Join(", ", rounds)}.");
        }
    }

    [TestMethod]
    public void Threads_that_fell_asleep_wake_up()
    {
        using var threads = new TrainingThreads(3);
        var rounds = new int[3];
        var work = new Shares((share, _) => rounds[share]++);
        for (int round = 1; round <= 10; round++)
        {
            Thread.Sleep(10); // they spin some 50 µs
            threads.Run(work);
            Assert.AreSequenceEqual([round, round, round], rounds);
        }
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(2)]
    public void A_round_lasts_as_long_as_its_slowest_share(int slow)
    {
        using var threads = new TrainingThreads(3);
        long start = Stopwatch.GetTimestamp();
        int done = 0;
        threads.Run(new Shares((share, _) =>
        {
            if (share == slow)
                Thread.Sleep(30); // the others are asleep by then
            Interlocked.Increment(ref done);
        }));
        Assert.AreEqual(3, done);
        Assert.IsGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(25), Stopwatch.GetElapsedTime(start));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    public void A_share_that_fails_is_told_of_when_all_have_stopped(int failing)
    {
        using var threads = new TrainingThreads(3);
        int done = 0;
        var e = Assert.ThrowsExactly<NotSupportedException>(() => threads.Run(new Shares((share, _) =>
        {
            if (share == failing)
                throw new NotSupportedException($"share {share}");
            Thread.Sleep(20);
            Interlocked.Increment(ref done);
        })));
        Assert.AreEqual($"share {failing}", e.Message);
        Assert.AreEqual(2, done, "shares that were done when the failure was thrown");

        threads.Run(new Shares((_, _) => Interlocked.Increment(ref done)));
        Assert.AreEqual(2 + 3, done);
    }

    [TestMethod]
    public void One_of_several_failures_is_told()
    {
        using var threads = new TrainingThreads(3);
        for (int round = 0; round < 100; round++)
            Assert.ThrowsExactly<NotSupportedException>(() => threads.Run(new Shares((_, _) => throw new NotSupportedException())));
    }

    [TestMethod]
    public void Disposing_ends_the_threads()
    {
        foreach (var pause in new[] { 0, 10 }) // while they spin, and asleep
        {
            var used = new Thread[3];
            var threads = new TrainingThreads(3);
            threads.Run(new Shares((share, _) => used[share] = Thread.CurrentThread));
            Thread.Sleep(pause);
            threads.Dispose();
            threads.Dispose();
            Assert.AreSame(Thread.CurrentThread, used[0]);
            Assert.AreSequenceEqual(["MlNetRnn training 1", "MlNetRnn training 2"], used[1..].Select(t => t.Name));
            Assert.IsTrue(used[1..].All(t => t.Join(TimeSpan.FromSeconds(5))), "threads that live on");
            Assert.ThrowsExactly<ObjectDisposedException>(() => threads.Run(new Shares((_, _) => { })));
        }
    }

    private sealed class Shares(Action<int, int> action) : IShares
    {
        public void Do(int share, int shares) => action(share, shares);
    }
}
