import bisect
import heapq

tasks = []
for order, (priority, name) in enumerate([(3, "write"), (1, "plan"), (2, "test"), (1, "read")]):
    heapq.heappush(tasks, (priority, order, name))
print([heapq.heappop(tasks)[2] for _ in range(len(tasks))])
print(heapq.nlargest(2, [5, 1, 9, 7]), heapq.nsmallest(2, ["ccc", "a", "bb"], key=len))
print(list(heapq.merge([1, 4, 7], [2, 5], [0, 9])))

graph = {"a": {"b": 7, "c": 3}, "b": {"d": 2}, "c": {"b": 1, "d": 8}, "d": {}}
distance, queue = {}, [(0, "a")]
while queue:
    cost, node = heapq.heappop(queue)
    if node in distance:
        continue
    distance[node] = cost
    for neighbour, weight in graph[node].items():
        heapq.heappush(queue, (cost + weight, neighbour))
print(distance)

grades = "FDCBA"
print("".join(grades[bisect.bisect([60, 70, 80, 90], score)] for score in [33, 99, 77, 70, 89, 90, 100]))
ordered = [1, 3, 5]
bisect.insort(ordered, 4)
ordered
